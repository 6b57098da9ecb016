#include "storage/event_follower.hpp"

#include <utility>

namespace millrace::storage {
namespace {

std::set<std::string> open_event_writers(connection& on) {
  std::set<std::string> open;
  if (on.dialect() == dialect::postgres)
    on.prepared<std::string>("open_event_writers").each([&](const std::string& one) {
      open.insert(one);
    });
  return open;
}

}  // namespace

event_follower::event_follower(connection& on, event_filter filter)
    : on_(on), filter_(std::move(filter)), read_(filter_.after) {}

std::vector<event_record> event_follower::next() {
  return guarded("cannot follow events", [&]() -> std::vector<event_record> {
    version_ = on_.data_version();
    if (read_ >= horizon_)
      move_horizon();
    if (read_ >= horizon_)
      return {};
    filter_.until = horizon_;
    auto events = list_events(on_, filter_);
    const bool is_full = static_cast<std::int64_t>(events.size()) >= filter_.limit;
    read_ = is_full ? events.back().id : horizon_;
    // The history of a job goes on from an event of the job.
    if (!filter_.job)
      filter_.after = read_;
    else if (!events.empty())
      filter_.after = events.back().id;
    return events;
  });
}

bool event_follower::has_news() {
  return guarded("cannot follow events", [&] {
    if (read_ >= horizon_ && !is_held_up())
      return on_.data_version() != version_;
    if (is_held_up())
      forget_ended_writers();
    return read_ < horizon_;
  });
}

/// First the highest id, then who is open: whoever took an id up to that one is among them, or has
/// ended.
void event_follower::move_horizon() {
  if (is_held_up())
    return forget_ended_writers();
  next_horizon_ = last_event_id(on_);
  if (next_horizon_ > read_)
    writers_ = open_event_writers(on_);
  if (!is_held_up())
    horizon_ = next_horizon_;
}

void event_follower::forget_ended_writers() {
  const auto open = open_event_writers(on_);
  std::erase_if(writers_, [&](const auto& one) { return !open.contains(one); });
  if (!is_held_up())
    horizon_ = next_horizon_;
}

}  // namespace millrace::storage
