#pragma once

#include "pipeline/job.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace millrace::pipeline::external {

/// What a handler's process says on its standard error, on its way to the log: bounded, so that a
/// process that never stops fills no disk.
class error_log {
 public:
  using write = std::function<void(job_id job, std::string_view line)>;
  using instant = std::chrono::steady_clock::time_point;

  /// So many lines in a second are passed on, and how many more there were.
  static constexpr int lines_per_second = 100;

  explicit error_log(write to) : to_{std::move(to)} {}

  void hear(job_id job, std::string_view line, instant now);
  /// The last line that said something.
  const std::string& last() const { return last_; }

 private:
  write to_;
  std::string last_;
  instant second_{};
  int lines_ = 0;
  std::int64_t dropped_ = 0;
};

}  // namespace millrace::pipeline::external
