#include "storage/retention/event_partitions.hpp"

#include "storage/history/job_queries.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>

namespace millrace::storage {
namespace {

using seconds = std::chrono::duration<double>;

constexpr duration between_looks = std::chrono::seconds{5};
/// For as long a session that reads events may keep new partitions away.
constexpr duration time_ahead = std::chrono::minutes{10};
/// What a burst uses up in a minute.
constexpr double least_ahead = 1 << 25;
/// For how long old events wait for their partition to be dropped: that part of the time for which
/// events are kept, or this.
constexpr int patience_share = 8;
constexpr duration least_patience = std::chrono::minutes{10};
/// Ids of the shortest partition.
constexpr double least_width = 1 << 22;
constexpr std::chrono::milliseconds longest_wait{640};

}  // namespace

void event_partitions::make_room(connection& on, time_point now) {
  const bool knows_rate = looked_at_ != time_point{};
  if (on.dialect() != dialect::postgres || (knows_rate && now - looked_at_ < between_looks))
    return;
  const auto last = last_event_id(on);
  double ahead = least_ahead;
  if (knows_rate) {
    const auto used = static_cast<double>(last - last_id_);
    const auto between = now - looked_at_;
    ahead = std::max({ahead, 2 * used, used * (seconds{time_ahead} / between)});
    rate_ = used / seconds{between}.count();
  }
  on.prepared<std::int64_t>("add_events_partitions")
      .with("ahead", static_cast<std::int64_t>(ahead))
      .first();
  last_id_ = last;
  looked_at_ = now;
}

event_partitions::dropped event_partitions::drop(connection& on, time_point now, time_point before,
                                                 duration kept) {
  if (on.dialect() != dialect::postgres)
    return {};
  if (now < next_try_)
    return {.is_over = true};
  const auto patience = std::max(kept / patience_share, least_patience);
  const auto [partitions, is_over, is_blocked] =
      on.prepared<std::int64_t, std::int64_t, std::int64_t>("drop_events_partitions")
          .with("before", to_us(before))
          .with("patience", patience.count())
          .with("wait", wait_.count())
          .first()
          .value();
  next_try_ = is_blocked != 0 ? now + 100 * wait_ : time_point{};
  wait_ = is_blocked != 0 ? std::min(2 * wait_, longest_wait) : shortest_wait;
  // A partition that is filled within that time is old as a whole soon after its first event.
  const bool fills_soon = rate_ * seconds{patience}.count() >= least_width;
  return {partitions, is_over != 0 || fills_soon};
}

}  // namespace millrace::storage
