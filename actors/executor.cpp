#include "actors/executor.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace millrace::actors {

/// Shared by the threads, for one that hangs may outlive the pool.
struct thread_pool::queue {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> tasks;
  unsigned threads = 0;
  unsigned surplus = 0;
  bool stopping = false;

  void work() {
    std::unique_lock guard{mutex};
    for (;;) {
      changed.wait(guard, [this] { return stopping || surplus > 0 || !tasks.empty(); });
      if (stopping)
        break;
      if (surplus > 0) {
        --surplus;
        break;
      }
      auto task = std::move(tasks.front());
      tasks.pop_front();
      guard.unlock();
      task();
      task = nullptr;
      guard.lock();
    }
    --threads;
    changed.notify_all();
  }
};

thread_pool::thread_pool(unsigned threads) : queue_(std::make_shared<queue>()) {
  for (unsigned i = 0; i < threads; ++i)
    start_thread();
}

thread_pool::~thread_pool() {
  std::unique_lock guard{queue_->mutex};
  if (std::exchange(queue_->stopping, true))
    return;
  queue_->tasks.clear();
  queue_->changed.notify_all();
  queue_->changed.wait(guard, [this] { return queue_->threads == 0; });
}

void thread_pool::start_thread() {
  {
    const std::scoped_lock guard{queue_->mutex};
    ++queue_->threads;
  }
  // Detached: the end of a thread is counted in the queue, and one that hangs is never joined.
  std::thread{[q = queue_] { q->work(); }}.detach();
}

void thread_pool::run(std::function<void()> task) {
  {
    const std::scoped_lock guard{queue_->mutex};
    queue_->tasks.push_back(std::move(task));
  }
  queue_->changed.notify_one();
}

void thread_pool::thread_lost() { start_thread(); }

void thread_pool::thread_back() {
  const std::scoped_lock guard{queue_->mutex};
  ++queue_->surplus;
}

bool thread_pool::stop(pipeline::duration patience) {
  std::unique_lock guard{queue_->mutex};
  queue_->stopping = true;
  const auto dropped = std::exchange(queue_->tasks, {});
  queue_->changed.notify_all();
  return queue_->changed.wait_for(guard, patience, [this] { return queue_->threads == 0; });
}

}  // namespace millrace::actors
