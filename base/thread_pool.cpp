#include "base/thread_pool.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace millrace {

/// Shared by the threads, for one that hangs may outlive the pool.
struct thread_pool::queue : std::enable_shared_from_this<thread_pool::queue> {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> tasks;
  duration idle_for{};
  /// As many threads as there may be; those that have not come to their end; those that wait.
  unsigned most = 0;
  unsigned threads = 0;
  unsigned idle = 0;
  /// Threads whose tasks do not end.
  unsigned lost = 0;
  std::chrono::steady_clock::time_point refused_at{};
  bool stopping = false;
  std::vector<std::thread> handles;
  /// Whose handles can be joined without waiting for a task.
  std::vector<std::thread::id> ended;

  /// A task tells of its failures itself; what it lets pass must not end the process.
  static void run(const std::function<void()>& task) {
    try {
      task();
    } catch (const std::exception& e) {
      log_event(log_level::error, "TASK_FAILED", {{"why", e.what()}, {"next", "report it"}});
    } catch (...) {
      log_event(log_level::error, "TASK_FAILED", {{"why", "unknown"}, {"next", "report it"}});
    }
  }

  void work() {
    std::unique_lock guard{mutex};
    for (;;) {
      ++idle;
      const bool is_wanted = changed.wait_for(
          guard, idle_for, [this] { return stopping || threads > most || !tasks.empty(); });
      --idle;
      if (stopping || threads > most || !is_wanted)
        break;
      auto task = std::move(tasks.front());
      tasks.pop_front();
      guard.unlock();
      run(task);
      task = nullptr;
      guard.lock();
    }
    --threads;
    ended.push_back(std::this_thread::get_id());
    changed.notify_all();
  }

  /// A task that no thread is free for gets one, where there may be more; so many tasks are to
  /// come. Where the system gives none, the others do the work; throws std::system_error when there
  /// are no others.
  void start_if_wanted(std::unique_lock<std::mutex>& guard, std::size_t coming) {
    if (!ended.empty())
      join_ended(guard);
    if (stopping || tasks.size() + coming <= idle || threads >= most)
      return;
    try {
      handles.emplace_back([q = shared_from_this()] { q->work(); });
      ++threads;
    } catch (const std::system_error& e) {
      if (threads <= lost)
        throw;
      tell_refusal(e);
    }
  }

  /// Once in a while: every task is refused one.
  void tell_refusal(const std::system_error& why) {
    const auto now = std::chrono::steady_clock::now();
    if (now - refused_at < std::chrono::seconds{10})
      return;
    refused_at = now;
    log_event(log_level::warning, "THREAD_REFUSED",
              {{"why", why.what()},
               {"threads", static_cast<std::int64_t>(threads)},
               {"next", "raise the limit of threads (ulimit -u, pids.max of the cgroup)"}});
  }

  /// Joins the threads that have ended. What a thread does last (the destructors of thread-local
  /// objects) must not go on while the process ends.
  void join_ended(std::unique_lock<std::mutex>& guard) {
    std::vector<std::thread> gone;
    for (auto& one : handles)
      if (std::find(ended.begin(), ended.end(), one.get_id()) != ended.end())
        gone.push_back(std::move(one));
    std::erase_if(handles, [](const auto& one) { return !one.joinable(); });
    ended.clear();
    guard.unlock();
    for (auto& one : gone)
      one.join();
    guard.lock();
  }
};

thread_pool::thread_pool(unsigned threads, duration idle_for) : queue_(std::make_shared<queue>()) {
  queue_->most = threads;
  queue_->idle_for = idle_for;
}

thread_pool::~thread_pool() {
  std::unique_lock guard{queue_->mutex};
  if (!std::exchange(queue_->stopping, true)) {
    queue_->tasks.clear();
    queue_->changed.notify_all();
    queue_->changed.wait(guard, [this] { return queue_->threads == 0; });
  }
  queue_->join_ended(guard);
  // One whose task does not end; stop() told so.
  for (auto& one : queue_->handles)
    one.detach();
}

void thread_pool::run(std::function<void()> task) {
  {
    std::unique_lock guard{queue_->mutex};
    queue_->start_if_wanted(guard, 1);
    queue_->tasks.push_back(std::move(task));
  }
  queue_->changed.notify_one();
}

void thread_pool::thread_lost() {
  std::unique_lock guard{queue_->mutex};
  ++queue_->most;
  ++queue_->lost;
  try {
    queue_->start_if_wanted(guard, 0);
  } catch (const std::system_error& e) {
    // What waits is done when the thread comes back, or by the next one that is given.
    queue_->tell_refusal(e);
  }
}

void thread_pool::thread_back() {
  const std::scoped_lock guard{queue_->mutex};
  --queue_->most;
  --queue_->lost;
}

std::shared_ptr<executor> thread_pool::beside(unsigned threads) {
  auto one = std::make_shared<thread_pool>(threads);
  const std::scoped_lock guard{mutex_};
  beside_.push_back(one);
  return one;
}

bool thread_pool::stop(duration patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  bool beside_ended = true;
  std::unique_lock guard{mutex_};
  const auto others = beside_;
  guard.unlock();
  for (const auto& one : others) {
    const auto left = deadline - std::chrono::steady_clock::now();
    beside_ended = one->stop(std::chrono::duration_cast<duration>(left)) && beside_ended;
  }
  return stop_own(
             std::chrono::duration_cast<duration>(deadline - std::chrono::steady_clock::now())) &&
         beside_ended;
}

bool thread_pool::stop_own(duration patience) {
  std::unique_lock guard{queue_->mutex};
  queue_->stopping = true;
  const auto dropped = std::exchange(queue_->tasks, {});
  queue_->changed.notify_all();
  const bool all =
      queue_->changed.wait_for(guard, patience, [this] { return queue_->threads == 0; });
  queue_->join_ended(guard);
  return all;
}

}  // namespace millrace
