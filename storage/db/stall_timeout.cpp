#include "storage/db/stall_timeout.hpp"

#include "base/os/signals_blocked.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace millrace::storage {
namespace {

using clock = std::chrono::steady_clock;

std::int64_t ticks(clock::time_point at) { return at.time_since_epoch().count(); }

}  // namespace

struct stall_guard::state {
  int socket = -1;
  std::chrono::milliseconds patience{};
  /// 0 while not armed.
  std::atomic<std::int64_t> deadline{0};
  std::atomic<bool> fired = false;
};

/// The thread that looks after the guards. It sleeps while there are none.
class stall_guard::watch {
 public:
  /// Signals are for others: one that this thread, begun before they are blocked, took would end
  /// the process.
  watch() {
    const signals_blocked meanwhile;
    thread_ = std::thread{[this] { run(); }};
  }
  ~watch() {
    {
      const std::scoped_lock lock{mutex_};
      stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }
  watch(const watch&) = delete;
  watch& operator=(const watch&) = delete;

  void add(std::shared_ptr<state> one) {
    const std::scoped_lock lock{mutex_};
    guarded_.push_back(std::move(one));
    changed_.notify_one();
  }

  void end_at(clock::time_point end) {
    const std::scoped_lock lock{mutex_};
    ends_.push_back(end);
    changed_.notify_one();
  }

  void no_end_at(clock::time_point end) {
    const std::scoped_lock lock{mutex_};
    ends_.erase(std::find(ends_.begin(), ends_.end(), end));
  }

  /// When this returns, the socket is not touched any more.
  void remove(const std::shared_ptr<state>& one) {
    const std::scoped_lock lock{mutex_};
    std::erase(guarded_, one);
  }

 private:
  void run() {
    constexpr std::chrono::milliseconds tick{250};
    std::unique_lock lock{mutex_};
    while (!stopping_) {
      if (guarded_.empty())
        changed_.wait(lock);
      else
        changed_.wait_for(lock, tick);
      const auto now = clock::now();
      const bool given_up =
          std::any_of(ends_.begin(), ends_.end(), [now](auto end) { return now >= end; });
      for (const auto& one : guarded_) {
        const auto deadline = one->deadline.load(std::memory_order_acquire);
        const bool is_over = given_up || (deadline != 0 && ticks(now) >= deadline);
        if (is_over && !one->fired.exchange(true))
          ::shutdown(one->socket, SHUT_RDWR);
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::vector<clock::time_point> ends_;
  std::vector<std::shared_ptr<state>> guarded_;
  std::thread thread_;
};

stall_guard::watch& stall_guard::everybody() {
  static watch all;
  return all;
}

stall_guard::stall_guard(int socket, std::chrono::milliseconds patience)
    : state_(std::make_shared<state>()) {
  state_->socket = socket;
  state_->patience = patience;
  everybody().add(state_);
}

stall_guard::~stall_guard() { everybody().remove(state_); }

stall_guard::last_wait::last_wait(std::chrono::milliseconds patience)
    : end_(clock::now() + patience) {
  everybody().end_at(end_);
}

stall_guard::last_wait::~last_wait() { everybody().no_end_at(end_); }

std::chrono::milliseconds stall_guard::patience() const { return state_->patience; }

bool stall_guard::has_fired() const { return state_->fired; }

stall_guard::armed::armed(stall_guard* guard) : guard_(guard) {
  if (guard_ != nullptr)
    guard_->state_->deadline.store(ticks(clock::now() + guard_->state_->patience),
                                   std::memory_order_release);
}

stall_guard::armed::~armed() {
  if (guard_ != nullptr)
    guard_->state_->deadline.store(0, std::memory_order_release);
}

}  // namespace millrace::storage
