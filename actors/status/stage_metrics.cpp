#include "actors/status/stage_metrics.hpp"

#include <algorithm>
#include <cmath>

namespace millrace::actors {
namespace {

std::int64_t second_of(stage_metrics::instant at) {
  return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
}

}  // namespace

void stage_metrics::now_at_work(std::int64_t waiting, std::int64_t in_handler,
                                std::optional<instant> slowest_since,
                                std::optional<instant> waiting_since) {
  const std::scoped_lock guard{mutex_};
  now_.waiting = waiting;
  now_.in_handler = in_handler;
  now_.slowest_since = slowest_since;
  waiting_since_ = waiting_since;
}

std::optional<stage_metrics::instant> stage_metrics::waiting_since() const {
  const std::scoped_lock guard{mutex_};
  return waiting_since_;
}

void stage_metrics::batch_ended(std::int64_t jobs, duration took, instant now) {
  const auto second = second_of(now);
  const std::scoped_lock guard{mutex_};
  auto& at = lately_.at(static_cast<std::size_t>(second) % cells);
  if (at.second != second)
    at = {.second = second};
  at.jobs += jobs;
  at.took.at(bucket_of(took)) += static_cast<std::uint32_t>(jobs);
  now_.ended += jobs;
  const auto bound = std::lower_bound(call_bounds.begin(), call_bounds.end(),
                                      std::chrono::duration<double>(took).count());
  all_.within.at(static_cast<std::size_t>(bound - call_bounds.begin())) += jobs;
  all_.took += took * jobs;
}

void stage_metrics::settled(const work_tally::totals& more) {
  const std::scoped_lock guard{mutex_};
  all_.settled += more;
}

stage_metrics::totals stage_metrics::all() const {
  const std::scoped_lock guard{mutex_};
  return all_;
}

stage_metrics::reading stage_metrics::read(instant now) const {
  const auto second = second_of(now);
  std::array<std::int64_t, buckets> took{};
  const std::scoped_lock guard{mutex_};
  auto answer = now_;
  // The second that has just begun would make it look slower than it is.
  for (const auto& one : lately_) {
    if (one.second < second - lately.count() || one.second >= second)
      continue;
    answer.ended_lately += one.jobs;
    for (std::size_t i = 0; i < buckets; ++i)
      took.at(i) += one.took.at(i);
  }
  const auto within = [&](std::int64_t hundredths) {
    const auto wanted = (answer.ended_lately * hundredths + 99) / 100;
    std::int64_t seen = 0;
    for (std::size_t i = 0; i < buckets; ++i)
      if ((seen += took.at(i)) >= wanted)
        return middle_of(i);
    return duration{0};
  };
  if (answer.ended_lately > 0) {
    answer.p50 = within(50);
    answer.p99 = within(99);
  }
  return answer;
}

std::size_t stage_metrics::bucket_of(duration took) {
  const auto us = std::chrono::duration<double, std::micro>(took).count();
  const auto bucket = us <= 1 ? 0.0 : 8 * std::log2(us);
  return std::min(static_cast<std::size_t>(bucket), buckets - 1);
}

stage_metrics::duration stage_metrics::middle_of(std::size_t bucket) {
  const std::chrono::duration<double, std::micro> us{
      std::exp2((static_cast<double>(bucket) + 0.5) / 8)};
  return std::chrono::duration_cast<duration>(us);
}

}  // namespace millrace::actors
