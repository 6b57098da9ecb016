#include "storage/jobs/queue_limit.hpp"

#include "base/seeded_fault.hpp"
#include "storage/db/id_list.hpp"

#include <algorithm>
#include <limits>

namespace millrace::storage {
namespace {

constexpr std::int64_t members_at_once = 1000;

/// The members that have ended.
struct leavers {
  std::int64_t count = 0;
  /// When the first of them did; 0 when that is not known any more.
  std::int64_t first_end_us = 0;
};

bool grow(connection& on, const std::string& in, std::int64_t count, std::int64_t limit) {
  return on.prepared<>("grow_queue")
             .with("pipeline", in)
             .with("count", count)
             .with("limit", limit)
             .run() > 0;
}

void change_depth(connection& on, const std::string& in, std::int64_t count) {
  grow(on, in, count, std::numeric_limits<std::int64_t>::max());
}

/// Begins to count; what is there already counts.
void open_queue(connection& on, const std::string& in, std::int64_t limit) {
  if (on.prepared<>("open_queue").with("pipeline", in).run() == 0)
    return;
  const auto there =
      on.prepared<>("count_in_waiting").with("pipeline", in).with("limit", limit).run();
  change_depth(on, in, there);
}

/// Lets members that have ended go, the oldest first, until so many have, or all were looked at.
leavers let_go(connection& on, const std::string& in, std::int64_t wanted) {
  leavers gone;
  for (std::int64_t after = 0; gone.count < wanted;) {
    const auto [seen, last, ended, first_end] =
        on.prepared<std::int64_t, std::int64_t, std::int64_t, std::int64_t>("ended_members")
            .with("pipeline", in)
            .with("after", after)
            .with("limit", members_at_once)
            .first()
            .value();
    if (ended > 0)
      gone.count += on.prepared<>("forget_members")
                        .with("pipeline", in)
                        .with("after", after)
                        .with("until", last)
                        .run();
    if (first_end > 0)
      gone.first_end_us =
          gone.first_end_us == 0 ? first_end : std::min(gone.first_end_us, first_end);
    if (seen < members_at_once)
      break;
    after = last;
  }
  change_depth(on, in, -gone.count);
  return gone;
}

std::int64_t depth_of(connection& on, const std::string& in) {
  return std::get<0>(on.prepared<std::int64_t>("queue_depth").with("pipeline", in).first().value());
}

std::optional<duration> time_until(std::int64_t missing, const leavers& gone, time_point now) {
  const auto since = to_us(now) - gone.first_end_us;
  if (gone.count == 0 || gone.first_end_us == 0 || since <= 0)
    return std::nullopt;
  const auto each = static_cast<double>(since) / static_cast<double>(gone.count);
  return duration{static_cast<std::int64_t>(each * static_cast<double>(missing))};
}

}  // namespace

std::optional<queue_is_full> take_room(connection& on, const std::string& in, std::int64_t limit,
                                       std::int64_t count, time_point now) {
  return guarded("cannot look for room in the queue", [&]() -> std::optional<queue_is_full> {
    if (grow(on, in, count, limit))
      return std::nullopt;
    open_queue(on, in, limit);
    const auto gone = let_go(on, in, depth_of(on, in) + count - limit);
    if (grow(on, in, count, limit))
      return std::nullopt;
    if (MILLRACE_SEEDED_FAULT("a full pipeline takes more"))
      return std::nullopt;
    const auto depth = depth_of(on, in);
    return queue_is_full{in, limit, depth, time_until(depth + count - limit, gone, now)};
  });
}

void fill_room(connection& on, const std::string& in, std::span<const pipeline::job_id> jobs) {
  guarded("cannot count jobs in", [&] {
    id_list ids{on.dialect(), jobs.size()};
    for (const auto id : jobs)
      ids.add(id);
    on.prepared<>("add_members").with("pipeline", in).with("ids", ids.finish()).run();
  });
}

void move_room(connection& on, const std::string& from, const std::string& to,
               std::span<const pipeline::job_id> jobs) {
  id_list ids{on.dialect(), jobs.size()};
  for (const auto id : jobs)
    ids.add(id);
  const auto left =
      on.prepared<>("leave_queue").with("pipeline", from).with("ids", ids.finish()).run();
  if (left > 0)
    change_depth(on, from, -left);
  const auto count = static_cast<std::int64_t>(jobs.size());
  if (grow(on, to, count, std::numeric_limits<std::int64_t>::max()))
    fill_room(on, to, jobs);
}

}  // namespace millrace::storage
