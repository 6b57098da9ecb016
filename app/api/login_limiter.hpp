#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace millrace::app::api {

/// Counts tokens that were wrong, by the address that sent them: after some of them an address must
/// wait. From any thread.
class login_limiter {
 public:
  using clock = std::chrono::steady_clock;

  /// So many wrong tokens within a minute.
  static constexpr int most_failures = 10;
  static constexpr auto window = std::chrono::minutes{1};

  /// How long the address must wait; zero when it need not.
  std::chrono::seconds must_wait(const std::string& address, clock::time_point now);
  void failed(const std::string& address, clock::time_point now);

 private:
  struct failures {
    int count = 0;
    clock::time_point since;
  };
  void forget(clock::time_point now);

  std::mutex mutex_;
  std::map<std::string, failures> failed_;
};

}  // namespace millrace::app::api
