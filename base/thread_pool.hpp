#pragma once

#include "base/time.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace millrace {

/// Runs what would block an actor: SQL, parsers, handlers. Threads in production, inline in tests.
class executor {
 public:
  virtual ~executor() = default;
  /// Runs the task, soon and once. A task must not throw. Throws std::system_error when none
  /// of its threads can take the task and the system gives no other: then the task is not run.
  virtual void run(std::function<void()> task) = 0;
  /// A task does not end: another thread takes the place of its own.
  virtual void thread_lost() {}
  /// The task of a lost thread ended after all. Called by that task.
  virtual void thread_back() {}
  /// One beside it with so many threads of its own, for tasks that must not take the place of
  /// others while they wait. It stops with this one, at the latest.
  virtual std::shared_ptr<executor> beside(unsigned threads) = 0;
};

/// Runs every task at once, on the caller's thread.
class inline_executor final : public executor {
 public:
  void run(std::function<void()> task) override { task(); }
  std::shared_ptr<executor> beside(unsigned) override {
    return std::make_shared<inline_executor>();
  }
};

/// Threads in front of one queue, up to a number: one is started when a task finds none that is
/// free, and ends when it had nothing to do for a while.
class thread_pool final : public executor {
 public:
  explicit thread_pool(unsigned threads, duration idle_for = std::chrono::seconds{10});
  /// Stops and waits for as long as it takes, unless stop() was called before.
  ~thread_pool() override;
  thread_pool(const thread_pool&) = delete;
  thread_pool& operator=(const thread_pool&) = delete;

  void run(std::function<void()> task) override;
  void thread_lost() override;
  void thread_back() override;
  std::shared_ptr<executor> beside(unsigned threads) override;

  /// Drops the tasks that have not begun and waits for the others. False when some have not ended
  /// in time: their threads run on and must not be waited for.
  bool stop(duration patience);

 private:
  struct queue;
  bool stop_own(duration patience);

  std::shared_ptr<queue> queue_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<thread_pool>> beside_;
};

}  // namespace millrace
