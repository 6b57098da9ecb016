#pragma once

#include "actors/protocol.hpp"
#include "base/thread_pool.hpp"
#include "base/time.hpp"
#include "storage/notify/change_listener.hpp"

#include <memory>

namespace millrace::actors {

/// Listens for changes of the database on a thread of its own, and tells the poller that there may
/// be new jobs. It keeps no actor alive: a poller that has ended is not told.
class change_notifier {
 public:
  explicit change_notifier(std::unique_ptr<storage::change_listener> listener);
  /// Waits for the thread, unless stop() was called before.
  ~change_notifier();
  change_notifier(const change_notifier&) = delete;
  change_notifier& operator=(const change_notifier&) = delete;

  /// The poller to wake from now on. The first call begins to listen.
  void wake(const poller_actor& poller);

  /// When this returns, no actor is sent anything any more. False when the thread has not ended in
  /// time and must not be waited for.
  bool stop(duration patience);

 private:
  struct listening;

  std::shared_ptr<listening> state_;
  thread_pool thread_{1};
};

}  // namespace millrace::actors
