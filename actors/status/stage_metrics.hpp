#pragma once

#include "actors/status/work_tally.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

namespace millrace::actors {

/// What a stage does in this runtime, readable from any thread: its handler writes it, a few times
/// a batch. Speed and times are those of the last ten seconds.
class stage_metrics {
 public:
  using instant = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;

  struct reading {
    /// Jobs that wait here for a free thread, and jobs that were given to the handler.
    std::int64_t waiting = 0;
    std::int64_t in_handler = 0;
    /// Since when the slowest call of the handler that goes on now has gone on, to a second.
    std::optional<instant> slowest_since;
    /// Jobs that the handler has ended.
    std::int64_t ended = 0;
    std::int64_t ended_lately = 0;
    /// Half of the jobs that ended lately, and 99 of 100, came back from the handler within so
    /// long; a job of a batch comes back with it. To an eighth; zero when none ended.
    duration p50{0};
    duration p99{0};
  };

  /// In seconds: from a handler that does nothing to one that takes an hour, and closer together
  /// where most lie, for a quantile is a guess within its bounds.
  static constexpr std::array<double, 20> call_bounds{
      0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,  0.25,
      0.5,    1,      2.5,   5,      10,    30,   60,    300,  1800, 3600};

  /// Since the runtime started.
  struct totals {
    /// How many jobs the handler ended within the bounds of `call_bounds`, each beside those of the
    /// one before, and beyond the last; and how long all of their calls took.
    std::array<std::int64_t, call_bounds.size() + 1> within{};
    duration took{0};
    work_tally::totals settled;
  };

  static constexpr std::chrono::seconds lately{10};

  /// `waiting_since` is when the first of those that wait was due.
  void now_at_work(std::int64_t waiting, std::int64_t in_handler,
                   std::optional<instant> slowest_since, std::optional<instant> waiting_since = {});
  /// A batch came back from the handler.
  void batch_ended(std::int64_t jobs, duration took, instant now);

  /// What became of jobs when they were settled.
  void settled(const work_tally::totals& more);

  reading read(instant now) const;
  totals all() const;
  std::optional<instant> waiting_since() const;

 private:
  static constexpr std::size_t cells = static_cast<std::size_t>(lately.count()) + 1;
  /// Eight for each doubling, from a microsecond to a day.
  static constexpr std::size_t buckets = 8 * 37;

  static std::size_t bucket_of(duration took);
  static duration middle_of(std::size_t bucket);

  /// One second.
  struct cell {
    std::int64_t second = -1;
    std::int64_t jobs = 0;
    std::array<std::uint32_t, buckets> took{};
  };

  mutable std::mutex mutex_;
  reading now_;
  totals all_;
  std::optional<instant> waiting_since_;
  std::array<cell, cells> lately_;
};

}  // namespace millrace::actors
