#include "storage/jobs/change_writer.hpp"

#include "base/check.hpp"
#include "storage/db/id_list.hpp"
#include "storage/db/json_list.hpp"

#include <algorithm>
#include <charconv>
#include <compare>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace millrace::storage {
namespace {

using pipeline::job_state;

std::strong_ordering compare(const pipeline::event& a, const pipeline::event& b) {
  return std::tie(a.type, a.level, a.stage, a.code, a.message) <=>
         std::tie(b.type, b.level, b.stage, b.code, b.message);
}

std::strong_ordering compare(const pending_change& a, const pending_change& b) {
  const auto fields = [](const pending_change& one) {
    const auto& [stage, state, epoch, attempt, crashes, cancel_requested, run_at, events] = one.to;
    return std::tie(one.in, one.job->epoch, one.job->claimed_by, one.job->state,
                    one.job->cancel_requested, one.job->stage, stage, state, epoch, attempt,
                    crashes, cancel_requested);
  };
  if (const auto order = fields(a) <=> fields(b); std::is_neq(order))
    return order;
  return std::lexicographical_compare_three_way(
      a.to.events.begin(), a.to.events.end(), b.to.events.begin(), b.to.events.end(),
      [](const auto& x, const auto& y) { return compare(x, y); });
}

/// Orders changes so that those which one statement can write are equal: they differ in nothing but
/// the job and when it is due.
struct by_statement {
  bool operator()(const pending_change* a, const pending_change* b) const {
    return std::is_lt(compare(*a, *b));
  }
};

/// An array of ids as PostgreSQL writes it: {1,2,3}.
std::unordered_set<pipeline::job_id> read_ids(std::string_view array) {
  std::unordered_set<pipeline::job_id> ids;
  const auto* const end = array.data() + array.size();
  for (const auto* at = array.data() + 1; at < end; ++at) {
    pipeline::job_id id = 0;
    at = std::from_chars(at, end, id).ptr;
    if (id != 0)
      ids.insert(id);
  }
  return ids;
}

/// What a row must look like for a statement to touch it.
struct fence {
  std::int64_t epoch = 0;
  std::int64_t claimed_by = 0;
  job_state state = job_state::working;
  bool cancel_requested = false;

  bool operator==(const fence&) const = default;
};

/// One group on its way to the database.
class group_writer {
 public:
  group_writer(connection& on, std::vector<pending_change*>& members, time_point now)
      : on_(on),
        members_(members),
        job_(*members.front()->job),
        to_(members.front()->to),
        in_(*members.front()->in),
        before_{job_.epoch, job_.claimed_by, job_.state, job_.cancel_requested},
        now_us_(to_us(now)) {}

  void write() {
    sort();
    ids_ = list_ids();
    held_ = static_cast<std::int64_t>(members_.size());
    if (on_.dialect() == dialect::postgres)
      change_with_events();
    else
      change_after_events();
    if (held_ == 0)
      return;
    keep_failure();
    if (has_ended(before_.state) && !has_ended(to_.state))
      forget_failure();
  }

 private:
  /// Neighbours in the table are changed together; one of two for the same job loses.
  void sort() {
    const auto by_id = [](const auto* a, const auto* b) { return a->job->id < b->job->id; };
    if (!std::is_sorted(members_.begin(), members_.end(), by_id))
      std::stable_sort(members_.begin(), members_.end(), by_id);
    const auto same = [](const auto* a, const auto* b) { return a->job->id == b->job->id; };
    members_.erase(std::unique(members_.begin(), members_.end(), same), members_.end());
    for (auto* one : members_)
      one->became = change_result::held;
  }

  /// One statement writes the change and what it tells: an event, or two of one that ends.
  void change_with_events() {
    const auto& events = to_.events;
    const bool ends = has_ended(to_.state);
    MILLRACE_CHECK(events.size() == 1 || (events.size() == 2 && ends));
    auto& statement = on_.prepared<std::int64_t, std::string>(statement_name());
    statement.with("claimed_by", before_.claimed_by);
    told(changed(statement), events.front());
    if (ends) {
      const auto* last = events.size() == 2 ? &events.back() : nullptr;
      MILLRACE_CHECK(last == nullptr || last->stage == events.front().stage);
      statement.with("last_type", last != nullptr ? pipeline::to_string(last->type) : "")
          .with("last_severity", last != nullptr ? pipeline::to_string(last->level) : "")
          .with("last_code", last != nullptr ? last->code : "")
          .with("last_message", last != nullptr ? last->message : "");
    }
    const auto [held, whose] = statement.first().value();
    if (held == held_)
      return;
    find_the_lost(read_ids(whose));
    MILLRACE_CHECK(held == held_);
  }

  /// One writer: nothing changes between two statements. The events go first, and tell how many
  /// fences hold.
  void change_after_events() {
    for (const auto& one : to_.events) {
      if (add_event(one) != held_) {
        find_the_lost(std::nullopt);
        MILLRACE_CHECK(&one == &to_.events.front());
      }
      if (held_ == 0)
        return;
    }
    MILLRACE_CHECK(changed(on_.prepared<>(statement_name())).run() == held_);
  }

  std::string list_ids() const {
    id_list ids{on_.dialect(), members_.size()};
    for (const auto* one : members_)
      if (one->became == change_result::held)
        ids.add(one->job->id);
    return std::string{ids.finish()};
  }

  template <class Statement>
  Statement& fenced(Statement& to) const {
    to.with("epoch", before_.epoch)
        .with("state", pipeline::to_string(before_.state))
        .with("cancel_requested", static_cast<int>(before_.cancel_requested))
        .with("now", now_us_);
    return to;
  }

  template <class Statement>
  Statement& told(Statement& to, const pipeline::event& what) const {
    to.with("stage", in_.stages.at(what.stage).name)
        .with("type", pipeline::to_string(what.type))
        .with("severity", pipeline::to_string(what.level))
        .with("code", what.code)
        .with("message", what.message)
        .with("to_epoch", to_.epoch)
        .with("attempt", to_.attempt);
    return to;
  }

  std::int64_t add_event(const pipeline::event& what) const {
    return told(fenced(on_.prepared<>("change_events")), what)
        .with("claimed_by", before_.claimed_by)
        .with("ids", ids_)
        .run();
  }

  /// Whose fence did not hold, and why. `held` names those that were changed, where that is known.
  void find_the_lost(const std::optional<std::unordered_set<pipeline::job_id>>& held) {
    std::unordered_map<pipeline::job_id, fence> rows;
    on_.prepared<std::int64_t, std::int64_t, std::string, std::int64_t, std::int64_t>("read_fences")
        .with("ids", ids_)
        .each([&](std::int64_t id, std::int64_t epoch, const std::string& state,
                  std::int64_t cancel_requested, std::int64_t claimed_by) {
          rows[id] = {epoch, claimed_by, pipeline::parse_job_state(state).value(),
                      cancel_requested != 0};
        });
    held_ = 0;
    for (auto* one : members_) {
      const auto row = rows.find(one->job->id);
      const auto found = row == rows.end() ? fence{} : row->second;
      if (held ? held->contains(one->job->id) : found == before_)
        ++held_;
      else if (found.epoch == before_.epoch && found.state == before_.state &&
               found.claimed_by == before_.claimed_by)
        one->became = change_result::cancel_requested;
      else
        one->became = change_result::lost;
    }
    ids_ = list_ids();
  }

  std::string_view statement_name() const {
    if (to_.state == job_state::working)
      return to_.cancel_requested ? "request_cancel" : "change_stage";
    return has_ended(to_.state) ? "change_to_ended" : "change_to_waiting";
  }

  /// The parameters of the statement of that name.
  template <class Statement>
  Statement& changed(Statement& to) const {
    fenced(to);
    const bool waits = to_.state != job_state::working && !has_ended(to_.state);
    if (waits)
      to.with("rows", list_due());
    else
      to.with("ids", ids_);
    if (to_.state == job_state::working && to_.cancel_requested)
      return to;
    to.with("to_stage", in_.stages.at(to_.stage).name)
        .with("to_epoch", to_.epoch)
        .with("attempt", to_.attempt)
        .with("crashes", to_.crashes);
    if (to_.state != job_state::working)
      to.with("to_state", pipeline::to_string(to_.state));
    return to;
  }

  std::string list_due() const {
    json_list rows{members_.size() * 32};
    for (const auto* one : members_) {
      if (one->became != change_result::held)
        continue;
      json_list row;
      row.add(one->job->id);
      row.add(to_us(one->to.run_at));
      rows.add(row);
    }
    return std::string{rows.finish()};
  }

  /// The last thing that went wrong stands with the job.
  void keep_failure() const {
    const auto& last = to_.events.back();
    if (last.code.empty() || last.type == pipeline::event_type::control)
      return;
    on_.prepared<>("keep_failures")
        .with("ids", ids_)
        .with("code", last.code)
        .with("message", last.message)
        .with("now", now_us_)
        .run();
  }

  /// What an ended job died of is over when it is sent back.
  void forget_failure() const {
    on_.prepared<>("forget_failures").with("ids", ids_).with("now", now_us_).run();
  }

  connection& on_;
  std::vector<pending_change*>& members_;
  const pipeline::job& job_;
  const pipeline::change& to_;
  const pipeline::definition& in_;
  const fence before_;
  std::int64_t now_us_;
  std::string ids_;
  std::int64_t held_ = 0;
};

}  // namespace

void write_changes(connection& on, std::span<pending_change> changes, time_point now) {
  std::map<const pending_change*, std::vector<pending_change*>, by_statement> groups;
  auto last = groups.end();
  for (auto& one : changes) {
    one.became = change_result::lost;
    // Neighbours are mostly of one group.
    if (last == groups.end() || std::is_neq(compare(*last->first, one)))
      last = groups.try_emplace(&one).first;
    last->second.push_back(&one);
  }
  for (auto& [first, members] : groups)
    group_writer{on, members, now}.write();
}

}  // namespace millrace::storage
