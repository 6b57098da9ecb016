#include "tests/simulation/fiber.hpp"

#include "base/check.hpp"

#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

namespace millrace::simulation {
namespace {

constexpr std::size_t stack_size = 512 << 10;

fiber* current = nullptr;

/// The sanitizer must know which stack is in use.
void before_switch([[maybe_unused]] void** fake, [[maybe_unused]] const void* bottom,
                   [[maybe_unused]] std::size_t size) {
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_start_switch_fiber(fake, bottom, size);
#endif
}

void after_switch([[maybe_unused]] void* fake, [[maybe_unused]] const void** bottom,
                  [[maybe_unused]] std::size_t* size) {
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_finish_switch_fiber(fake, bottom, size);
#endif
}

}  // namespace

struct fiber::stack {
  std::unique_ptr<std::byte[]> bytes;

  /// Stacks are used again: to make one costs more than most tasks.
  static std::vector<std::unique_ptr<std::byte[]>>& spare() {
    static std::vector<std::unique_ptr<std::byte[]>> all;
    return all;
  }
  stack() {
    if (spare().empty()) {
      bytes.reset(new std::byte[stack_size]);
      return;
    }
    bytes = std::move(spare().back());
    spare().pop_back();
  }
  ~stack() { spare().push_back(std::move(bytes)); }
  stack(const stack&) = delete;
  stack& operator=(const stack&) = delete;
};

fiber::fiber(std::function<void()> task)
    : task_(std::move(task)), stack_(std::make_unique<stack>()) {
  getcontext(&inside_);
  inside_.uc_stack.ss_sp = stack_->bytes.get();
  inside_.uc_stack.ss_size = stack_size;
  inside_.uc_link = nullptr;
  makecontext(&inside_, &fiber::enter, 0);
}

fiber::~fiber() { MILLRACE_CHECK(ended_); }

fiber* fiber::running() { return current; }

void fiber::resume() {
  MILLRACE_CHECK(current == nullptr && !ended_);
  current = this;
  void* fake = nullptr;
  before_switch(&fake, stack_->bytes.get(), stack_size);
  swapcontext(&outside_, &inside_);
  after_switch(fake, nullptr, nullptr);
  current = nullptr;
}

void fiber::park() {
  MILLRACE_CHECK(current != nullptr);
  current->leave(false);
}

void fiber::enter() {
  auto* const me = current;
  after_switch(nullptr, &me->outside_bottom_, &me->outside_size_);
  me->task_();
  me->task_ = nullptr;
  me->ended_ = true;
  me->leave(true);
}

void fiber::leave(bool for_good) {
  before_switch(for_good ? nullptr : &fake_stack_, outside_bottom_, outside_size_);
  swapcontext(&inside_, &outside_);
  after_switch(fake_stack_, &outside_bottom_, &outside_size_);
}

}  // namespace millrace::simulation
