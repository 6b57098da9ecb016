#pragma once

#include "storage/notify/change_listener.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace millrace::tests {

/// A listener on a thread of its own, and what it has told.
class heard_news {
 public:
  using kind = storage::news::kind;

  explicit heard_news(std::unique_ptr<storage::change_listener> listener)
      : listener_(std::move(listener)), thread_([this] { listen(); }) {}
  ~heard_news() {
    if (thread_.joinable())
      stop();
  }
  heard_news(const heard_news&) = delete;
  heard_news& operator=(const heard_news&) = delete;

  /// Waits until it has told this since it was last asked for it; false when it does not in time.
  bool next(kind wanted, std::chrono::milliseconds patience = std::chrono::seconds{20}) {
    std::unique_lock guard{mutex_};
    const auto found = [&] { return std::find(told_.begin(), told_.end(), wanted); };
    if (!changed_.wait_for(guard, patience, [&] { return found() != told_.end(); }))
      return false;
    std::erase(told_, wanted);
    return true;
  }

  /// Ends the listener; how long that took.
  std::chrono::steady_clock::duration stop() {
    const auto begin = std::chrono::steady_clock::now();
    listener_->stop();
    thread_.join();
    return std::chrono::steady_clock::now() - begin;
  }

 private:
  void listen() {
    for (;;) {
      const auto heard = listener_->wait().what;
      const std::scoped_lock guard{mutex_};
      told_.push_back(heard);
      changed_.notify_all();
      if (heard == kind::stopped)
        return;
    }
  }

  std::unique_ptr<storage::change_listener> listener_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<kind> told_;
  std::thread thread_;
};

}  // namespace millrace::tests
