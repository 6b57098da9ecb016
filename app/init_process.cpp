#include "app/init_process.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <optional>

namespace millrace::app {
namespace {

/// Takes the exit codes of all that have ended; answers the worker's when it is among them.
std::optional<int> reap_all(pid_t worker) {
  std::optional<int> code;
  int status = 0;
  for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;)
    if (pid == worker)
      code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return code;
}

[[noreturn]] void serve(pid_t worker, const sigset_t& all) {
  for (;;) {
    siginfo_t about{};
    const int signal = ::sigwaitinfo(&all, &about);
    if (signal == SIGCHLD) {
      // The kernel ends what is left when this process ends.
      if (const auto code = reap_all(worker))
        ::_exit(*code);
    } else if (signal > 0 && about.si_code != SI_KERNEL) {
      // A terminal's Ctrl-C reaches the worker by itself: a second one would hurry it.
      ::kill(worker, signal);
    }
  }
}

}  // namespace

void leave_process_1() {
  if (::getpid() != 1)
    return;
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::sigprocmask(SIG_BLOCK, &all, &before);
  const auto worker = ::fork();
  if (worker > 0)
    serve(worker, all);
  // Without a worker (no memory) the work goes on here; only the zombies stay.
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace millrace::app
