#include "storage/history/job_queries.hpp"

#include "storage/children/children.hpp"
#include "storage/db/id_list.hpp"
#include "storage/db/json_list.hpp"
#include "storage/history/event_rows.hpp"
#include "storage/history/job_history.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace millrace::storage {
namespace {

/// The columns of find_job.sql, find_jobs.sql and list_jobs.sql.
auto& prepared_records(connection& on, std::string_view name) {
  return on
      .prepared<std::int64_t, std::string, std::string, std::string, std::int64_t, std::int64_t,
                std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t,
                std::int64_t, std::string, std::string, std::string, std::string, std::string,
                std::string, std::string, std::string, std::int64_t, std::string, std::string>(
          name);
}

template <class Statement>
std::vector<job_record> read_jobs(Statement& rows) {
  std::vector<job_record> records;
  rows.each([&](std::int64_t id, const std::string& in, const std::string& stage,
                const std::string& state, std::int64_t epoch, std::int64_t attempt,
                std::int64_t crashes, std::int64_t priority, std::int64_t run_at,
                std::int64_t created_at, std::int64_t updated_at, std::int64_t claimed_by,
                std::int64_t cancel_requested, const std::string& correlation_id,
                const std::string& payload, const std::string& output, const std::string& code,
                const std::string& message, const std::string& unique_key,
                const std::string& tenant, const std::string& tags, std::int64_t parent,
                const std::string& traceparent, const std::string& concurrency_key) {
    job_record one;
    one.id = id;
    one.pipeline = in;
    one.stage = stage;
    one.state = pipeline::parse_job_state(state).value();
    one.epoch = epoch;
    one.attempt = static_cast<int>(attempt);
    one.crashes = static_cast<int>(crashes);
    one.priority = static_cast<int>(priority);
    one.run_at = from_us(run_at);
    one.created_at = from_us(created_at);
    one.updated_at = from_us(updated_at);
    if (claimed_by != 0)
      one.claimed_by = claimed_by;
    one.cancel_requested = cancel_requested != 0;
    one.correlation_id = correlation_id;
    one.payload = payload;
    one.output = output;
    one.code = code;
    one.message = message;
    one.unique_key = unique_key;
    one.tenant = tenant;
    one.tags = tags;
    one.parent = parent;
    one.traceparent = traceparent;
    one.concurrency_key = concurrency_key;
    records.push_back(std::move(one));
  });
  return records;
}

std::vector<event_record> list_matching_of_job(connection& on, const event_filter& filter) {
  auto events = list_events_of_job(on, *filter.job, filter.after);
  std::erase_if(events, [&](const auto& one) {
    return one.id > filter.until || (!filter.code.empty() && one.code != filter.code);
  });
  if (static_cast<std::int64_t>(events.size()) > filter.limit)
    events.resize(static_cast<std::size_t>(filter.limit));
  return events;
}

constexpr auto lowest_id = std::numeric_limits<std::int64_t>::min();

/// A look through a table in windows of ids that are as wide as is quick.
class paced_look {
 public:
  paced_look(std::int64_t width, std::int64_t widest, duration patience)
      : width_(width), narrowest_(width), widest_(widest), patience_(patience) {}

  std::int64_t width() const { return width_; }

  /// Looks through one window; false when there is no time for another one.
  template <class Look>
  bool look(Look through) {
    const auto window_began = clock::now();
    through();
    const auto now = clock::now();
    const auto took = std::chrono::duration_cast<duration>(now - window_began);
    const auto left = patience_ - std::chrono::duration_cast<duration>(now - began_);
    // A wider one takes about as much longer.
    const auto growth = left / std::max(took, duration{1}) / 2;
    width_ = growth >= 2 ? std::min(width_, widest_ / 2) * 2 : narrowest_;
    return left > duration{0};
  }

 private:
  using clock = std::chrono::steady_clock;

  std::int64_t width_;
  const std::int64_t narrowest_;
  const std::int64_t widest_;
  const duration patience_;
  const clock::time_point began_ = clock::now();
};

/// Both are part of it.
struct job_range {
  job_id first = 0;
  job_id last = 0;
};

std::vector<job_record> list_range(connection& on, const job_filter& filter, const job_range& range,
                                   std::int64_t limit) {
  std::string tag;
  if (!filter.tag.empty())
    append_json_string(tag, filter.tag);
  return read_jobs(
      prepared_records(on, "list_jobs")
          .with("first", range.first)
          .with("last", range.last)
          .with("state", filter.state ? pipeline::to_string(*filter.state) : std::string_view{})
          .with("pipeline", filter.pipeline)
          .with("stage", filter.stage)
          .with("tenant", filter.tenant)
          .with("tag", tag)
          .with("code", filter.code)
          .with("unique", filter.unique_key)
          .with("correlation", filter.correlation_id)
          .with("since", to_us(filter.created_since.value_or(time_point::min())))
          .with("until", to_us(filter.created_before.value_or(time_point::max())))
          .with("limit", limit));
}

}  // namespace

std::optional<job_record> find_job(connection& on, job_id id) {
  return guarded("cannot read the job", [&]() -> std::optional<job_record> {
    auto found = read_jobs(prepared_records(on, "find_job").with("job", id));
    if (found.empty())
      return std::nullopt;
    found.front().children = count_children(on, id);
    return std::move(found.front());
  });
}

std::vector<job_record> find_jobs(connection& on, const std::vector<job_id>& jobs) {
  return guarded("cannot read jobs", [&] {
    id_list ids{on.dialect(), jobs.size()};
    for (const auto id : jobs)
      ids.add(id);
    auto found = read_jobs(prepared_records(on, "find_jobs").with("ids", ids.finish()));
    const auto parents = parents_among(on, {jobs.begin(), jobs.end()});
    for (auto& one : found)
      if (parents.contains(one.id))
        one.children = count_children(on, one.id);
    return found;
  });
}

job_page read_job_page(connection& on, const job_filter& filter, duration patience) {
  return guarded("cannot list jobs", [&] {
    job_page page{.jobs = {}, .next_before = filter.before};
    paced_look pace{1000, 50'000, patience};
    bool is_full = false;
    const auto look = [&] {
      const auto last =
          on.prepared<std::int64_t>("last_job_below").with("before", *page.next_before).first();
      if (!last) {
        page.next_before.reset();
        return;
      }
      const auto missing = filter.limit - static_cast<std::int64_t>(page.jobs.size());
      const job_range range{
          std::max(std::get<0>(*last), lowest_id + pace.width()) - pace.width() + 1,
          std::get<0>(*last)};
      for (auto& job : list_range(on, filter, range, missing))
        page.jobs.push_back(std::move(job));
      is_full = static_cast<std::int64_t>(page.jobs.size()) == filter.limit;
      page.next_before = is_full ? page.jobs.back().id : range.first;
    };
    while (pace.look(look) && !is_full && page.next_before)
      continue;
    if (is_full || !page.next_before)
      return page;
    // The next page begins at a job; behind the last job there is no page.
    const auto next =
        on.prepared<std::int64_t>("last_job_below").with("before", *page.next_before).first();
    page.next_before = next ? std::optional{std::get<0>(*next) + 1} : std::nullopt;
    return page;
  });
}

std::vector<job_record> list_jobs(connection& on, const job_filter& filter) {
  return read_job_page(on, filter, duration::max()).jobs;
}

std::vector<job_record> list_children(connection& on, job_id parent, job_id after,
                                      std::int64_t limit) {
  return guarded("cannot list the children", [&] {
    return read_jobs(prepared_records(on, "list_children")
                         .with("parent", parent)
                         .with("after", after)
                         .with("limit", limit));
  });
}

event_slice read_slice(connection& on, const event_filter& filter, duration patience) {
  return guarded("cannot list events", [&]() -> event_slice {
    if (filter.job)
      return {list_matching_of_job(on, filter), filter.until};
    event_slice slice{{}, filter.after};
    // In windows: only so can an index that is no tree lead to the first few of very many.
    const auto last = std::min(last_event_id(on), filter.until);
    constexpr std::int64_t widest = 10'000'000;
    paced_look pace{std::max<std::int64_t>(filter.limit, 10'000), widest, patience};
    bool is_full = filter.limit <= 0;
    const auto look = [&] {
      const auto until = std::min(slice.read + pace.width(), last);
      read_events(event_rows(on, "list_events")
                      .with("after", slice.read)
                      .with("until", until)
                      .with("code", filter.code)
                      .with("limit", filter.limit - static_cast<std::int64_t>(slice.events.size())),
                  slice.events);
      is_full = static_cast<std::int64_t>(slice.events.size()) >= filter.limit;
      slice.read = is_full ? slice.events.back().id : until;
    };
    while (!is_full && slice.read < last && pace.look(look))
      continue;
    // Beyond the last one there is nothing yet.
    if (!is_full && slice.read >= last)
      slice.read = std::max(slice.read, filter.until);
    return slice;
  });
}

std::vector<event_record> list_events(connection& on, const event_filter& filter) {
  return read_slice(on, filter, duration::max()).events;
}

std::int64_t last_event_id(connection& on) {
  return guarded("cannot read the last event", [&] {
    return std::get<0>(on.prepared<std::int64_t>("last_event_id").first().value());
  });
}

std::set<job_id> ended_among(connection& on, const std::vector<job_id>& jobs) {
  return guarded("cannot look for ended jobs", [&] {
    std::set<job_id> ended{jobs.begin(), jobs.end()};
    id_list ids{on.dialect(), jobs.size()};
    for (const auto id : jobs)
      ids.add(id);
    on.prepared<std::int64_t, std::string>("job_states")
        .with("ids", ids.finish())
        .each([&](job_id id, const std::string& state) {
          if (!pipeline::has_ended(pipeline::parse_job_state(state).value()))
            ended.erase(id);
        });
    return ended;
  });
}

std::int64_t count_unfinished(connection& on, const std::vector<job_id>& jobs) {
  return guarded("cannot count unfinished jobs", [&] {
    id_list ids{on.dialect(), jobs.size()};
    for (const auto id : jobs)
      ids.add(id);
    return std::get<0>(
        on.prepared<std::int64_t>("count_unfinished").with("ids", ids.finish()).first().value());
  });
}

}  // namespace millrace::storage
