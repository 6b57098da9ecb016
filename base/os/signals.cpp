#include "base/os/signals.hpp"

#include "base/check.hpp"
#include "base/os/terminal_of_process.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>

namespace millrace {
namespace {

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  // A signal that is ignored would come all the same where it is waited for.
  struct sigaction hangup {};
  if (sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
    sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

signal_waiter::signal_waiter() : had_terminal_{has_terminal()} {
  const auto set = stop_signals();
  MILLRACE_CHECK(pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0);
  signals_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  notification_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  MILLRACE_CHECK(signals_ >= 0 && notification_ >= 0);
}

signal_waiter::~signal_waiter() {
  close(signals_);
  close(notification_);
}

signal_waiter::woken_by signal_waiter::wait(int timeout_ms) {
  for (;;) {
    std::array<pollfd, 2> waited{{{signals_, POLLIN, 0}, {notification_, POLLIN, 0}}};
    const int ready = ::poll(waited.data(), waited.size(), timeout_ms);
    if (ready == 0)
      return woken_by::timeout;
    if (ready < 0)
      continue;  // interrupted
    signalfd_siginfo signal{};
    if ((waited[0].revents & POLLIN) != 0 && read(signals_, &signal, sizeof(signal)) > 0) {
      last_ = static_cast<int>(signal.ssi_signo);
      return woken_by::signal;
    }
    std::uint64_t count = 0;
    if ((waited[1].revents & POLLIN) != 0 && read(notification_, &count, sizeof(count)) > 0)
      return woken_by::notification;
  }
}

bool signal_waiter::is_reload() const {
  return last_ == SIGHUP && !(had_terminal_ && !has_terminal());
}

std::string signal_waiter::last_signal() const {
  const char* name = sigabbrev_np(last_);
  return name != nullptr ? std::string{"SIG"} + name : std::to_string(last_);
}

void signal_waiter::notify() {
  const std::uint64_t one = 1;
  // An eventfd takes this write unless notify() was called 2^64 times.
  MILLRACE_CHECK(write(notification_, &one, sizeof(one)) == sizeof(one));
}

}  // namespace millrace
