#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace millrace::net {

/// The least speed of a transfer: it may pause for so long, and on the whole must move so many
/// bytes a second. A single byte does not buy another pause.
class transfer_pace {
 public:
  using clock = std::chrono::steady_clock;

  transfer_pace(duration pause, std::uint64_t bytes_per_second)
      : pause_(pause), bytes_per_second_(std::max<std::uint64_t>(bytes_per_second, 1)) {}

  void start(clock::time_point now) { due_ = now + pause_; }

  void moved(std::size_t bytes, clock::time_point now) {
    // What is bounded first cannot overflow.
    const auto most = static_cast<std::uint64_t>(pause_.count()) * bytes_per_second_ / 1'000'000;
    const auto counted = std::min<std::uint64_t>(bytes, most + 1);
    due_ = std::min<clock::time_point>(
        now + pause_, due_ + std::chrono::microseconds{counted * 1'000'000 / bytes_per_second_});
  }

  /// When the transfer is too slow.
  clock::time_point due() const { return due_; }

 private:
  duration pause_;
  std::uint64_t bytes_per_second_;
  clock::time_point due_{};
};

}  // namespace millrace::net
