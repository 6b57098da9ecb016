#include "storage/change_writer.hpp"

#include "pipeline/check.hpp"
#include "storage/id_list.hpp"
#include "storage/json_list.hpp"

#include <algorithm>
#include <compare>
#include <map>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace millrace::storage {
namespace {

using pipeline::job_state;

bool has_ended(job_state s) {
  return s == job_state::done || s == job_state::deadletter || s == job_state::cancelled;
}

std::strong_ordering compare(const pipeline::event& a, const pipeline::event& b) {
  return std::tie(a.type, a.level, a.stage, a.code, a.message) <=>
         std::tie(b.type, b.level, b.stage, b.code, b.message);
}

std::strong_ordering compare(const pending_change& a, const pending_change& b) {
  const auto fields = [](const pending_change& one) {
    const auto& [stage, state, epoch, attempt, crashes, cancel_requested, run_at, events] = one.to;
    return std::tie(one.in, one.job->epoch, one.job->state, one.job->cancel_requested,
                    one.job->stage, stage, state, epoch, attempt, crashes, cancel_requested);
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

/// One group on its way to the database.
class group_writer {
 public:
  group_writer(connection& on, std::vector<pending_change*>& members, pipeline::time_point now)
      : on_(on),
        members_(members),
        job_(*members.front()->job),
        to_(members.front()->to),
        in_(*members.front()->in),
        now_us_(pipeline::to_us(now)) {}

  void write() {
    sort();
    ids_ = list_ids();
    held_ = static_cast<std::int64_t>(members_.size());
    // The events go first: they tell, before anything of a job changed, how many fences hold.
    for (const auto& one : to_.events) {
      if (const auto added = add_event(one); added != held_) {
        require_still(&one == &to_.events.front());
        find_the_lost();
        require_still(added == held_);
      }
      if (held_ == 0)
        return;
    }
    require_still(update() == held_);
    keep_failure();
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
      one->became = fate::held;
  }

  /// Where several write, a job may change hands between two statements. It is rare: the whole is
  /// written again.
  void require_still(bool holds) const {
    MILLRACE_CHECK(holds || on_.is_shared());
    if (!holds)
      throw error{error_kind::transient, "cannot write what became of jobs",
                  "one of them changed hands meanwhile", "it is tried again"};
  }

  std::string list_ids() const {
    id_list ids{on_.dialect(), members_.size()};
    for (const auto* one : members_)
      if (one->became == fate::held)
        ids.add(one->job->id);
    return std::string{ids.finish()};
  }

  template <class Statement>
  Statement& fenced(Statement& to) const {
    return to.with("epoch", job_.epoch)
        .with("state", pipeline::to_string(job_.state))
        .with("cancel_requested", static_cast<int>(job_.cancel_requested))
        .with("now", now_us_);
  }

  std::int64_t add_event(const pipeline::event& what) const {
    return fenced(on_.prepared<>("change_events"))
        .with("ids", ids_)
        .with("stage", in_.stages.at(what.stage).name)
        .with("type", pipeline::to_string(what.type))
        .with("severity", pipeline::to_string(what.level))
        .with("code", what.code)
        .with("message", what.message)
        .with("to_epoch", to_.epoch)
        .with("attempt", to_.attempt)
        .run();
  }

  void find_the_lost() {
    struct fence {
      std::int64_t epoch = 0;
      std::string state;
      bool cancel_requested = false;
    };
    std::unordered_map<pipeline::job_id, fence> rows;
    on_.prepared<std::int64_t, std::int64_t, std::string, std::int64_t>("read_fences")
        .with("ids", ids_)
        .each([&](std::int64_t id, std::int64_t epoch, const std::string& state,
                  std::int64_t cancel_requested) {
          rows[id] = {epoch, state, cancel_requested != 0};
        });
    held_ = 0;
    for (auto* one : members_) {
      const auto row = rows.find(one->job->id);
      if (row == rows.end() || row->second.epoch != job_.epoch ||
          row->second.state != pipeline::to_string(job_.state))
        one->became = fate::lost;
      else if (row->second.cancel_requested != job_.cancel_requested)
        one->became = fate::cancel_requested;
      else
        ++held_;
    }
    ids_ = list_ids();
  }

  std::int64_t update() const {
    if (to_.state == job_state::working && to_.cancel_requested)
      return fenced(on_.prepared<>("request_cancel")).with("ids", ids_).run();
    if (to_.state == job_state::working)
      return moved("change_stage").with("ids", ids_).run();
    auto& statement = moved(has_ended(to_.state) ? "change_to_ended" : "change_to_waiting")
                          .with("to_state", pipeline::to_string(to_.state))
                          .with("crashes", to_.crashes);
    if (has_ended(to_.state))
      return statement.with("ids", ids_).run();
    return statement.with("rows", list_due()).run();
  }

  statement<>& moved(std::string_view name) const {
    return fenced(on_.prepared<>(name))
        .with("to_stage", in_.stages.at(to_.stage).name)
        .with("to_epoch", to_.epoch)
        .with("attempt", to_.attempt);
  }

  std::string list_due() const {
    json_list rows{members_.size() * 32};
    for (const auto* one : members_) {
      if (one->became != fate::held)
        continue;
      json_list row;
      row.add(one->job->id);
      row.add(pipeline::to_us(one->to.run_at));
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

  connection& on_;
  std::vector<pending_change*>& members_;
  const pipeline::job& job_;
  const pipeline::change& to_;
  const pipeline::definition& in_;
  std::int64_t now_us_;
  std::string ids_;
  std::int64_t held_ = 0;
};

}  // namespace

void write_changes(connection& on, std::span<pending_change> changes, pipeline::time_point now) {
  std::map<const pending_change*, std::vector<pending_change*>, by_statement> groups;
  auto last = groups.end();
  for (auto& one : changes) {
    one.became = fate::lost;
    // Neighbours are mostly of one group.
    if (last == groups.end() || std::is_neq(compare(*last->first, one)))
      last = groups.try_emplace(&one).first;
    last->second.push_back(&one);
  }
  for (auto& [first, members] : groups)
    group_writer{on, members, now}.write();
}

}  // namespace millrace::storage
