#include "storage/history/job_history.hpp"

#include "pipeline/codes.hpp"
#include "storage/db/id_list.hpp"
#include "storage/history/event_rows.hpp"

#include <algorithm>
#include <utility>

namespace millrace::storage {
namespace {

namespace codes = pipeline::codes;

/// Whether plain events of the job may follow: a runtime has it in hand.
bool leaves_it_working(const event_record& one) {
  return one.type == "stage_started" || one.code == codes::PROGRESS ||
         one.code == codes::CANCEL_REQUESTED;
}

/// Nothing of the job can have been written after this event.
bool ends_history_of(const job_record& job, const event_record& one) {
  return one.epoch >= job.epoch && (!pipeline::has_ended(job.state) || one.type == "finalized");
}

class history {
 public:
  history(connection& on, job_id job) : on_(on), job_(job), row_(find_job(on, job)) {}

  std::vector<event_record> after(std::int64_t after) {
    std::vector<event_record> landmarks;
    read_events(event_rows(on_, "list_landmarks").with("job", job_).with("after", after),
                landmarks);
    // Before its first landmark a job has no event.
    bool may_follow = after > 0 && !is_last(after);
    auto from = after;
    for (auto& landmark : landmarks) {
      if (may_follow)
        read_plain(from, landmark.id);
      may_follow = leaves_it_working(landmark);
      from = landmark.id;
      events_.push_back(std::move(landmark));
    }
    if (may_follow && !is_complete())
      read_to_the_end(from);
    return std::move(events_);
  }

 private:
  bool ends_history(const event_record& one) const {
    return row_ ? ends_history_of(*row_, one) : one.type == "finalized";
  }

  bool is_complete() const { return !events_.empty() && ends_history(events_.back()); }

  /// A follower of a job asks again and again for what came after its last event.
  bool is_last(std::int64_t event) {
    std::vector<event_record> found;
    read_events(event_rows(on_, "list_events")
                    .with("after", event - 1)
                    .with("until", event)
                    .with("code", "")
                    .with("limit", 1),
                found);
    return !found.empty() && found.front().job == job_ && ends_history(found.front());
  }

  void read_plain(std::int64_t after, std::int64_t until) {
    read_events(event_rows(on_, "list_plain_events")
                    .with("job", job_)
                    .with("after", after)
                    .with("until", until),
                events_);
  }

  /// In windows, for the last event is near in most cases.
  void read_to_the_end(std::int64_t from) {
    const auto last = last_event_id(on_);
    for (std::int64_t width = 5'000; from < last && !is_complete(); from += width, width *= 4)
      read_plain(from, from + width);
  }

  connection& on_;
  job_id job_;
  std::optional<job_record> row_;
  std::vector<event_record> events_;
};

/// The events of many jobs that have ended.
class ended_histories {
 public:
  ended_histories(connection& on, const std::vector<job_record>& jobs) : on_(on) {
    for (const auto& one : jobs)
      jobs_.emplace(one.id, &one);
  }

  std::map<job_id, std::vector<event_record>> read() {
    if (jobs_.empty())
      return {};
    read_landmarks();
    read_gaps();
    for (auto& [job, events] : found_)
      std::sort(events.begin(), events.end(),
                [](const auto& a, const auto& b) { return a.id < b.id; });
    return std::move(found_);
  }

 private:
  /// Where plain events of a job stand: behind one landmark, and before the next. Behind the last
  /// one they end with the job.
  struct gap {
    std::int64_t after = 0;
    std::optional<std::int64_t> until;
    job_id job = 0;
  };

  void read_landmarks() {
    id_list ids{on_.dialect(), jobs_.size()};
    for (const auto& [job, row] : jobs_)
      ids.add(job);
    std::vector<event_record> landmarks;
    read_events(event_rows(on_, "list_landmarks_of_jobs").with("ids", ids.finish()), landmarks);
    for (auto& one : landmarks)
      found_[one.job].push_back(std::move(one));
    for (const auto& [job, events] : found_)
      for (std::size_t i = 0; i < events.size(); ++i)
        if (leaves_it_working(events[i]))
          gaps_.push_back({events[i].id,
                           i + 1 < events.size() ? std::optional{events[i + 1].id} : std::nullopt,
                           job});
    std::sort(gaps_.begin(), gaps_.end(),
              [](const gap& a, const gap& b) { return a.after < b.after; });
  }

  /// In windows over all gaps at once, and over nothing else.
  void read_gaps() {
    constexpr std::int64_t width = 5'000;
    const auto last = last_event_id(on_);
    std::vector<gap> open;
    auto next = gaps_.begin();
    for (std::int64_t at = 0; next != gaps_.end() || !open.empty();) {
      if (open.empty())
        at = next->after;
      if (at >= last)
        return;
      auto until = std::min(at + width, last);
      while (next != gaps_.end() && next->after < until)
        open.push_back(*next++);
      until = std::min(until, needed(open, until));
      read_plain(at, until);
      std::erase_if(open, [&](const gap& one) {
        return one.until ? *one.until <= until : has_whole(one.job);
      });
      at = until;
    }
  }

  /// How far to read for these gaps, `until` where that is not known.
  static std::int64_t needed(const std::vector<gap>& open, std::int64_t until) {
    std::int64_t most = 0;
    for (const auto& one : open)
      most = std::max(most, one.until.value_or(until));
    return most;
  }

  void read_plain(std::int64_t after, std::int64_t until) {
    std::vector<event_record> events;
    read_events(event_rows(on_, "list_plain_events_of_jobs")
                    .with("after", after)
                    .with("until", until)
                    .with("first", jobs_.begin()->first)
                    .with("last", jobs_.rbegin()->first),
                events);
    for (auto& one : events)
      if (jobs_.contains(one.job))
        found_[one.job].push_back(std::move(one));
  }

  bool has_whole(job_id job) const {
    return ends_history_of(*jobs_.at(job), found_.at(job).back());
  }

  connection& on_;
  std::map<job_id, const job_record*> jobs_;
  std::map<job_id, std::vector<event_record>> found_;
  std::vector<gap> gaps_;
};

}  // namespace

std::vector<event_record> list_events_of_job(connection& on, job_id job, std::int64_t after) {
  return history{on, job}.after(after);
}

std::map<job_id, std::vector<event_record>> list_events_of_ended(
    connection& on, const std::vector<job_record>& jobs) {
  return guarded("cannot list events", [&] { return ended_histories{on, jobs}.read(); });
}

}  // namespace millrace::storage
