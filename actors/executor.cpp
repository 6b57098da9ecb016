#include "actors/executor.hpp"

#include <utility>

namespace millrace::actors {

thread_pool::thread_pool(unsigned threads) {
  for (unsigned i = 0; i < threads; ++i)
    threads_.emplace_back([this] { work(); });
}

thread_pool::~thread_pool() {
  {
    std::scoped_lock guard{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_)
    thread.join();
}

void thread_pool::run(std::function<void()> task) {
  {
    std::scoped_lock guard{mutex_};
    tasks_.push_back(std::move(task));
  }
  changed_.notify_one();
}

void thread_pool::thread_lost() {
  std::scoped_lock guard{mutex_};
  threads_.emplace_back([this] { work(); });
}

void thread_pool::thread_back() {
  std::scoped_lock guard{mutex_};
  ++surplus_;
}

void thread_pool::work() {
  std::unique_lock guard{mutex_};
  for (;;) {
    changed_.wait(guard, [this] { return stopping_ || !tasks_.empty() || surplus_ > 0; });
    if (stopping_)
      return;
    if (surplus_ > 0) {
      --surplus_;
      return;
    }
    auto task = std::move(tasks_.front());
    tasks_.pop_front();
    guard.unlock();
    task();
    task = nullptr;
    guard.lock();
  }
}

}  // namespace millrace::actors
