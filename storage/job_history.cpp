#include "storage/job_history.hpp"

#include "pipeline/codes.hpp"
#include "storage/event_rows.hpp"

#include <algorithm>

namespace millrace::storage {
namespace {

namespace codes = pipeline::codes;

/// Whether plain events of the job may follow: a runtime has it in hand.
bool leaves_it_working(const event_record& one) {
  return one.type == "stage_started" || one.code == codes::PROGRESS ||
         one.code == codes::CANCEL_REQUESTED;
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
  /// Nothing of the job can have been written after this event.
  bool ends_history(const event_record& one) const {
    if (!row_)
      return one.type == "finalized";
    return one.epoch >= row_->epoch &&
           (!pipeline::has_ended(row_->state) || one.type == "finalized");
  }

  bool is_complete() const { return !events_.empty() && ends_history(events_.back()); }

  /// Whoever follows a job asks again and again for what came after its last event.
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
    for (std::int64_t width = 20'000; from < last && !is_complete(); from += width, width *= 4)
      read_plain(from, from + width);
  }

  connection& on_;
  job_id job_;
  std::optional<job_record> row_;
  std::vector<event_record> events_;
};

}  // namespace

std::vector<event_record> list_events_of_job(connection& on, job_id job, std::int64_t after) {
  return history{on, job}.after(after);
}

}  // namespace millrace::storage
