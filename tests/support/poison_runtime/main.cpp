#include "app/millrace.hpp"

#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <new>
#include <string>
#include <string_view>

// A runtime with a handler that takes its process with it, in the way that its argument names,
// where the job has a payload: `handler = perish:abort`.

/// A thread that calls exit() while others run leaves leaks of no interest; and looking for them
/// can wait for ever for a thread that is just being given its thread-local storage.
extern "C" int __lsan_is_turned_off() { return 1; }

namespace {

/// Of no value that a compiler knows.
volatile bool goes_on = true;

// NOLINTNEXTLINE(misc-no-recursion)
int use_up_the_stack(int depth) {
  std::array<volatile char, 4096> some{};
  some[0] = static_cast<char>(depth);
  return goes_on ? use_up_the_stack(depth + 1) + some[0] : depth;
}

void perish(std::string_view how) {
  if (how == "segfault")
    std::raise(SIGSEGV);
  else if (how == "abort")
    std::abort();
  else if (how == "exit")
    std::exit(7);
  else if (how == "_exit")
    ::_exit(0);
  else if (how == "terminate")
    std::terminate();
  else if (how == "stack")
    use_up_the_stack(0);
  // As the kernel ends one that uses up the memory.
  else if (how == "killed")
    std::raise(SIGKILL);
  else if (how == "bad_alloc")
    throw std::bad_alloc{};
}

}  // namespace

int main(int argc, char** argv) {
  millrace::registry handlers;
  handlers.add_kind("perish", [](std::string_view how, const auto&) -> millrace::handler {
    return [how = std::string{how}](const millrace::job& job,
                                    const millrace::context&) -> millrace::outcome {
      if (!job.payload.empty())
        perish(how);
      return millrace::advance{};
    };
  });
  return millrace::run(argc, argv, handlers);
}
