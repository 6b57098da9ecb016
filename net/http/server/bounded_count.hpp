#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace millrace::net {

/// A count that never exceeds its limit. For many threads.
class bounded_count {
 public:
  explicit bounded_count(std::size_t limit) : limit_(limit) {}

  /// False, and nothing is counted, when it would be too many.
  bool take(std::size_t number) {
    for (auto now = count_.load(); number <= limit_ - now;)
      if (count_.compare_exchange_weak(now, now + number))
        return true;
    return false;
  }
  void give_back(std::size_t number) { count_ -= number; }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> count_{0};
};

/// What one takes of a count, given back at the end. For one thread.
class bounded_share {
 public:
  explicit bounded_share(bounded_count& of) : of_(of) {}
  ~bounded_share() { give_back(); }
  bounded_share(const bounded_share&) = delete;
  bounded_share& operator=(const bounded_share&) = delete;

  std::size_t size() const { return size_; }
  bool take(std::size_t number) {
    if (!of_.take(number))
      return false;
    size_ += number;
    return true;
  }
  void give_back() { of_.give_back(std::exchange(size_, 0)); }

 private:
  bounded_count& of_;
  std::size_t size_ = 0;
};

}  // namespace millrace::net
