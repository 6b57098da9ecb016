#pragma once

#include "base/os/unique_fd.hpp"

#include <functional>
#include <stop_token>

namespace millrace {

/// A descriptor that becomes readable when a stop is requested, for poll(2).
class stop_event {
 public:
  /// Throws std::system_error when there is no descriptor left.
  explicit stop_event(const std::stop_token& stop);
  int get() const { return event_.get(); }

 private:
  unique_fd event_;
  std::stop_callback<std::function<void()>> on_stop_;
};

}  // namespace millrace
