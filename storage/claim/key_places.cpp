#include "storage/claim/key_places.hpp"

#include "base/seeded_fault.hpp"
#include "storage/db/id_list.hpp"
#include "storage/db/json_list.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

namespace millrace::storage {
namespace {

using namespace std::chrono_literals;
using pipeline::job_id;

/// What a row of keyed_jobs is there for.
enum class place_state : std::int64_t { has_place = 0, waits = 1, is_not_due = 2 };

constexpr duration between_looks = 10s;
constexpr duration between_due = 1s;
constexpr int keys_at_once = 1000;
constexpr int rows_at_once = 1000;

/// Pipeline and key.
using key_name_of_job = std::pair<std::string, std::string>;
using key_counts = std::map<key_name_of_job, std::int64_t>;

std::string id_text(connection& on, std::span<const job_id> jobs) {
  id_list ids{on.dialect(), jobs.size()};
  for (const auto id : jobs)
    ids.add(id);
  return std::string{ids.finish()};
}

std::string key_text(const key_counts& keys) {
  json_list list;
  for (const auto& [key, unused] : keys) {
    json_list one;
    one.add(key.first);
    one.add(key.second);
    list.add(one);
  }
  return std::string{list.finish()};
}

/// How many jobs of each have a place.
void count_places(connection& on, key_counts& keys) {
  on.prepared<std::string, std::string, std::int64_t>("count_keyed")
      .with("keys", key_text(keys))
      .each([&](const std::string& in, const std::string& key, std::int64_t jobs) {
        keys[{in, key}] = jobs;
      });
}

std::int64_t places_in(const pipeline::catalog& pipelines, const std::string& name) {
  const auto in = pipelines.find(name);
  return in ? pipelines.at(*in).key_concurrency : 1;
}

/// Drops the rows of the jobs, and lets those that wait be sorted again.
void wake(connection& on, std::span<const job_id> jobs, std::vector<woken_job>& woken) {
  if (jobs.empty())
    return;
  const auto ids = id_text(on, jobs);
  on.prepared<>("drop_keyed").with("ids", ids).run();
  on.prepared<std::int64_t, std::int64_t, std::int64_t>("unsort_keyed")
      .with("ids", ids)
      .each([&](std::int64_t id, std::int64_t priority, std::int64_t run_at) {
        woken.push_back({priority, {run_at, id}});
      });
}

/// Wakes so many jobs of each key, in their order.
void wake_next(connection& on, key_counts wanted, std::vector<woken_job>& woken) {
  std::erase_if(wanted, [](const auto& one) { return one.second <= 0; });
  while (!wanted.empty()) {
    key_counts again;
    std::vector<job_id> jobs;
    on.prepared<std::int64_t, std::string, std::string>("next_keyed")
        .with("keys", key_text(wanted))
        .each([&](std::int64_t id, const std::string& in, const std::string& key) {
          jobs.push_back(id);
          if (const auto left = wanted.at({in, key}) - 1; left > 0)
            again[{in, key}] = left;
        });
    wake(on, jobs, woken);
    wanted = std::move(again);
  }
}

/// Or a job would begin to wait for a place that another transaction has just left.
void hold_places(connection& on) {
  if (on.dialect() == dialect::postgres)
    on.prepared<std::int64_t>("hold_key_places").first();
}

bool can_hold_places(connection& on) {
  return on.dialect() == dialect::sqlite ||
         std::get<0>(on.prepared<std::int64_t>("try_key_places").first().value()) != 0;
}

}  // namespace

std::optional<std::set<job_id>> admit(connection& on, const pipeline::catalog& pipelines,
                                      const std::vector<keyed_job>& jobs, time_point now) {
  std::set<job_id> admitted;
  if (jobs.empty())
    return admitted;
  if (!can_hold_places(on))
    return std::nullopt;
  key_counts keys;
  for (const auto& one : jobs)
    keys.try_emplace({one.pipeline, one.key}, 0);
  count_places(on, keys);
  json_list rows;
  std::vector<job_id> waiting;
  for (const auto& one : jobs) {
    auto& taken = keys.at({one.pipeline, one.key});
    auto state = place_state::has_place;
    if (one.run_at > to_us(now))
      state = place_state::is_not_due;
    else if (taken >= places_in(pipelines, one.pipeline) &&
             !MILLRACE_SEEDED_FAULT("a key has room for all"))
      state = place_state::waits;
    if (state == place_state::has_place) {
      ++taken;
      admitted.insert(one.id);
    } else {
      waiting.push_back(one.id);
    }
    json_list row;
    row.add(one.id);
    row.add(one.pipeline);
    row.add(one.key);
    row.add(one.priority);
    row.add(one.run_at);
    row.add(static_cast<std::int64_t>(state));
    rows.add(row);
  }
  on.prepared<>("place_keyed").with("rows", rows.finish()).run();
  if (!waiting.empty())
    on.prepared<>("park_keyed").with("ids", id_text(on, waiting)).run();
  return admitted;
}

std::vector<woken_job> leave_places(connection& on, std::span<const job_id> changed) {
  std::vector<woken_job> woken;
  if (changed.empty())
    return woken;
  std::vector<job_id> known;
  key_counts freed;
  const auto ids = id_text(on, changed);
  on.prepared<std::int64_t, std::string, std::string, std::int64_t>("find_keyed")
      .with("ids", ids)
      .each(
          [&](std::int64_t id, const std::string& in, const std::string& key, std::int64_t state) {
            known.push_back(id);
            // One that was woken and has no row yet would have given its place on.
            const bool has_row = state == static_cast<std::int64_t>(place_state::waits) ||
                                 state == static_cast<std::int64_t>(place_state::is_not_due);
            freed[{in, key}] += has_row ? 0 : 1;
          });
  if (known.empty())
    return woken;
  hold_places(on);
  wake(on, known, woken);
  if (!MILLRACE_SEEDED_FAULT("a place that is left is given to none"))
    wake_next(on, std::move(freed), woken);
  return woken;
}

std::optional<key_wait> find_key_wait(connection& on, job_id job) {
  const auto ahead = on.prepared<std::int64_t>("keyed_ahead").with("job", job).first();
  if (!ahead)
    return std::nullopt;
  key_wait found{{}, std::get<0>(*ahead)};
  on.prepared<std::int64_t>("key_holders_of").with("job", job).each([&](std::int64_t id) {
    found.holders.push_back(id);
  });
  return found;
}

std::vector<woken_job> key_watch::look(time_point now) {
  std::vector<woken_job> woken;
  if (now < left_until_)
    return woken;
  // A clock that was set back does not make it wait.
  const auto is_time = [now](const std::optional<time_point>& last, duration apart) {
    return !last || now < *last || now >= *last + apart;
  };
  const bool is_due = next_due_ && *next_due_ <= now;
  if (is_due || std::exchange(must_look_, false) || is_time(looked_for_due_at_, between_due)) {
    looked_for_due_at_ = now;
    wake_due(woken, now);
  }
  if (is_time(looked_at_, between_looks)) {
    looked_at_ = now;
    wake_idle(woken);
    leave_lanes_beyond(woken);
    drop_rows_of_ended();
  }
  return woken;
}

void key_watch::wake_due(std::vector<woken_job>& woken, time_point now) {
  const auto first_due = [this] {
    const auto first = on_.prepared<std::int64_t>("first_scheduled_keyed").first();
    return first ? std::optional{from_us(std::get<0>(*first))} : std::nullopt;
  };
  next_due_ = first_due();
  if (!next_due_ || *next_due_ > now)
    return;
  std::vector<job_id> due;
  on_.prepared<std::int64_t>("due_keyed").with("now", to_us(now)).each([&](std::int64_t id) {
    due.push_back(id);
  });
  wake(on_, due, woken);
  next_due_ = first_due();
}

/// Of jobs that ended or were deleted where nothing gave their places on: some rows each time.
void key_watch::drop_rows_of_ended() {
  std::vector<job_id> ended;
  auto last = last_row_;
  int rows = 0;
  on_.prepared<std::int64_t, std::int64_t>("keyed_rows")
      .with("after", last_row_)
      .with("limit", rows_at_once)
      .each([&](std::int64_t id, std::int64_t is_there) {
        last = id;
        ++rows;
        if (is_there == 0)
          ended.push_back(id);
      });
  last_row_ = rows < rows_at_once ? 0 : last;
  // Until this is committed, none of them can be sent back and have a place.
  if (!ended.empty() && can_hold_places(on_))
    on_.prepared<>("drop_keyed_of_ended").with("ids", id_text(on_, ended)).run();
}

/// No claim looks beyond key_lane: the number of such a lane was made up.
void key_watch::leave_lanes_beyond(std::vector<woken_job>& woken) {
  constexpr int at_once = 1000;
  on_.prepared<std::int64_t, std::int64_t, std::int64_t>("leave_lanes_beyond")
      .with("limit", at_once)
      .each([&](std::int64_t id, std::int64_t priority, std::int64_t run_at) {
        woken.push_back({priority, {run_at, id}});
      });
}

void key_watch::wake_idle(std::vector<woken_job>& woken) {
  key_counts keys;
  on_.prepared<std::string, std::string>("waiting_keys")
      .with("pipeline", last_key_.first)
      .with("key", last_key_.second)
      .with("limit", keys_at_once)
      .each([&](const std::string& in, const std::string& key) {
        keys.try_emplace({in, key}, 0);
      });
  const bool are_all = keys.size() < keys_at_once;
  if (last_key_.first.empty())
    have_parked_ = !keys.empty();
  if (keys.empty()) {
    last_key_ = {};
    return;
  }
  last_key_ = are_all ? std::pair<std::string, std::string>{} : keys.rbegin()->first;
  count_places(on_, keys);
  // More of a key come with the next look.
  constexpr std::int64_t of_each = 10;
  for (auto& [key, jobs] : keys)
    jobs = std::min(places_in(pipelines_, key.first) - jobs, of_each);
  wake_next(on_, std::move(keys), woken);
}

}  // namespace millrace::storage
