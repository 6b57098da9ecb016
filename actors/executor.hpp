#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace millrace::actors {

/// Runs what would block an actor: SQL, parsers, handlers. Threads in production, inline in tests.
class executor {
 public:
  virtual ~executor() = default;
  /// Runs the task, soon and once. A task must not throw.
  virtual void run(std::function<void()> task) = 0;
  /// A task does not end: another thread takes the place of its own.
  virtual void thread_lost() {}
  /// The task of a lost thread ended after all. Called by that task.
  virtual void thread_back() {}
};

/// Runs every task at once, on the caller's thread.
class inline_executor final : public executor {
 public:
  void run(std::function<void()> task) override { task(); }
};

/// A fixed number of threads in front of one queue. The destructor lets tasks in progress end and
/// drops those that have not begun.
class thread_pool final : public executor {
 public:
  explicit thread_pool(unsigned threads);
  ~thread_pool() override;
  thread_pool(const thread_pool&) = delete;
  thread_pool& operator=(const thread_pool&) = delete;

  void run(std::function<void()> task) override;
  void thread_lost() override;
  void thread_back() override;

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  unsigned surplus_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace millrace::actors
