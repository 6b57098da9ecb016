#pragma once

#include "base/time.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace millrace::actors {

/// What became of the jobs that this runtime settled, counted in memory: for the log and for
/// health. From any thread.
class work_tally {
 public:
  using instant = std::chrono::steady_clock::time_point;

  struct totals {
    std::int64_t done = 0;
    std::int64_t dead = 0;
    /// Attempts that failed and are made again.
    std::int64_t retried = 0;
    /// Moves from one stage to the next.
    std::int64_t moved = 0;
    /// Answers that came too late: another runtime had taken the job.
    std::int64_t fenced = 0;

    bool operator==(const totals&) const = default;
    totals& operator+=(const totals& more);
  };

  /// What one batch came to at its stage; `dead_of` names the code of each job that died.
  void add(const totals& more);
  void add_dead(const std::string& stage, const std::vector<std::string>& dead_of, instant now,
                time_point at);

  totals all() const;

  /// The jobs that died within the last minute.
  struct deaths {
    std::int64_t count = 0;
    /// The place and code that most of them have in common, and how many have.
    std::string stage;
    std::string code;
    std::int64_t of_these = 0;
    /// When the row of these began, in which no minute passed without one.
    time_point since{};
  };
  deaths lately(instant now) const;

 private:
  static constexpr std::int64_t cell_seconds = 5;
  static constexpr std::size_t cells = 12;
  struct cell {
    std::int64_t number = -1;
    std::int64_t count = 0;
  };
  struct row {
    std::array<cell, cells> counts{};
    time_point since{};

    std::int64_t within_a_minute(std::int64_t number) const;
  };

  mutable std::mutex mutex_;
  totals all_;
  /// By stage and code.
  std::map<std::pair<std::string, std::string>, row> dead_;
};

}  // namespace millrace::actors
