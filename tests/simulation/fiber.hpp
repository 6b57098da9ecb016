#pragma once

#include <ucontext.h>

#include <functional>
#include <memory>

namespace millrace::simulation {

/// A task that can be left in the middle and gone on with later, on the one thread of the
/// simulation: what a thread is to a runtime, but its caller decides when it runs. It must not be
/// left while an exception is being handled, and must have ended when it is destroyed.
class fiber {
 public:
  /// The task must not throw.
  explicit fiber(std::function<void()> task);
  ~fiber();
  fiber(const fiber&) = delete;
  fiber& operator=(const fiber&) = delete;

  /// Runs the task until it parks or ends.
  void resume();
  bool has_ended() const { return ended_; }

  /// Leaves the fiber that runs now; returns when it is resumed.
  static void park();
  /// The fiber that runs now; null outside of all.
  static fiber* running();

 private:
  struct stack;
  static void enter();
  void leave(bool for_good);

  std::function<void()> task_;
  std::unique_ptr<stack> stack_;
  ucontext_t outside_{};
  ucontext_t inside_{};
  bool ended_ = false;
  void* fake_stack_ = nullptr;
  const void* outside_bottom_ = nullptr;
  std::size_t outside_size_ = 0;
};

}  // namespace millrace::simulation
