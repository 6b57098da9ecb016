#include "benchmarks/live_runtime.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <utility>

namespace millrace::benchmarks {

live_runtime::live_runtime(const actors::runtime_settings& settings, actors::runtime_parts parts)
    : thread_([settings, parts = std::move(parts)] {
        try {
          actors::run(settings, parts);
        } catch (const std::exception& e) {
          fmt::print(stderr, "millrace-bench: the runtime ended: {}\n", e.what());
          std::_Exit(3);
        }
      }) {}

live_runtime::~live_runtime() {
  kill(getpid(), SIGTERM);
  thread_.join();
}

void block_stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

}  // namespace millrace::benchmarks
