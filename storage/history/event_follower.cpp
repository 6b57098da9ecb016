#include "storage/history/event_follower.hpp"

#include <algorithm>
#include <utility>

namespace millrace::storage {
namespace {

bool is_full(const std::vector<event_record>& events, const event_filter& filter) {
  return static_cast<std::int64_t>(events.size()) >= filter.limit;
}

/// Where to go on: the history of a job goes on from an event of the job.
std::int64_t next_after(const std::vector<event_record>& events, const event_filter& filter,
                        std::int64_t read) {
  if (!filter.job)
    return read;
  return events.empty() ? filter.after : events.back().id;
}

}  // namespace

event_follower::event_follower(connection& on, event_filter filter)
    : on_(on), filter_(std::move(filter)), horizon_(on), read_(filter_.after) {}

std::vector<event_record> event_follower::next() {
  return guarded("cannot follow events", [&]() -> std::vector<event_record> {
    // Only a follower that looks for what is new knows everything up to now.
    if (read_ >= horizon_.at() && !is_held_up())
      version_ = on_.data_version();
    filter_.until = horizon_.beyond(read_);
    if (read_ >= filter_.until)
      return {};
    auto events = list_events(on_, filter_);
    read_ = is_full(events, filter_) ? events.back().id : filter_.until;
    filter_.after = next_after(events, filter_, read_);
    return events;
  });
}

bool event_follower::has_news() {
  return guarded("cannot follow events", [&] {
    if (read_ >= horizon_.at() && !is_held_up())
      return on_.data_version() != version_;
    if (is_held_up())
      horizon_.look_again();
    return read_ < horizon_.at();
  });
}

event_page read_page(connection& on, event_horizon& horizon, event_filter filter,
                     duration patience) {
  return guarded("cannot follow events", [&]() -> event_page {
    filter.until = horizon.beyond(horizon.at());
    if (filter.after >= filter.until)
      return {{}, filter.after};
    auto [events, read] = read_slice(on, filter, patience);
    const auto after = next_after(events, filter, read);
    return {std::move(events), after};
  });
}

}  // namespace millrace::storage
