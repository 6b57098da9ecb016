#pragma once

#include "base/time.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace millrace::pipeline::remote {

struct breaker_settings {
  /// It opens after so many failures in a row, the first of them at most `window` ago. A success
  /// between them resets the count: a service that fails one call in ten is busy, not dead.
  int failures = 5;
  duration window = std::chrono::minutes{5};
  /// How long it lets nothing through then.
  duration cool_down = std::chrono::seconds{30};
};

enum class breaker_state : std::uint8_t { closed, open, half_open };

constexpr std::string_view to_string(breaker_state state) {
  constexpr std::array names{"closed", "open", "half-open"};
  return names[static_cast<std::size_t>(state)];
}

/// A circuit breaker: closed, it lets calls through; after a row of failures it is open and lets
/// none through; after the cool-down it is half open and lets one through, whose end closes it or
/// opens it again. Pure: the caller says what time it is.
class breaker {
 public:
  /// What a call was let through with, and reports its end with.
  struct pass {
    std::uint64_t generation = 0;
  };

  explicit breaker(breaker_settings settings) : settings_(settings) {}

  /// How long to wait before a call may get through; nothing when it may now.
  std::optional<duration> wait(time_point now) const;

  /// Lets a call through. Only when there is nothing to wait for.
  pass enter(time_point now);

  /// How the call ended. What ends after the state has changed counts for nothing.
  void succeeded(const pass& by, time_point now);
  void failed(const pass& by, time_point now);
  /// The same, and it shows that every other call would fail as well.
  void failed_for_all(const pass& by, time_point now);
  /// It says nothing about the service: the call was stopped.
  void told_nothing(const pass& by, time_point now);

  breaker_state state() const { return state_; }
  /// Since when it is closed, or is not.
  time_point since() const { return since_; }

 private:
  void become(breaker_state state, time_point now);

  breaker_settings settings_;
  breaker_state state_ = breaker_state::closed;
  time_point since_{};
  /// Once it is open.
  time_point opened_at_{};
  /// Raised with every change of state.
  std::uint64_t generation_ = 0;
  std::vector<time_point> failures_;
};

}  // namespace millrace::pipeline::remote
