#include "app/commands/interruptible.hpp"

#include <csignal>
#include <initializer_list>

namespace millrace::app {
namespace {

volatile std::sig_atomic_t interrupted = 0;

}  // namespace

interruptible::interruptible() {
  interrupted = 0;
  for (const int signal : {SIGINT, SIGTERM})
    std::signal(signal, [](int) { interrupted = 1; });
}

interruptible::~interruptible() {
  for (const int signal : {SIGINT, SIGTERM})
    std::signal(signal, SIG_DFL);
}

bool interruptible::is_interrupted() const { return interrupted != 0; }

}  // namespace millrace::app
