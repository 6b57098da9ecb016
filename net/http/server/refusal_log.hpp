#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace millrace::net {

/// Logs refused requests, no more often than every ten seconds: any host can cause one. For many
/// threads.
class refusal_log {
 public:
  /// `event` names the lines: "HTTP_REFUSED".
  explicit refusal_log(std::string event) : event_(std::move(event)) {}

  void add(int status, std::string_view why, std::string_view peer);

 private:
  using clock = std::chrono::steady_clock;

  const std::string event_;
  std::atomic<clock::time_point> next_{clock::time_point{}};
};

}  // namespace millrace::net
