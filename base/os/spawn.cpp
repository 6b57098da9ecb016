#include "base/os/spawn.hpp"

#include "base/os/signals_blocked.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <system_error>

namespace millrace::os {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> all;
  all.reserve(words.size() + 1);
  for (const auto& one : words)
    all.push_back(const_cast<char*>(one.c_str()));
  all.push_back(nullptr);
  return all;
}

/// Where a descriptor is out of the way of those that are put into place.
int lifted(int fd) { return fd > STDERR_FILENO ? fd : ::fcntl(fd, F_DUPFD, STDERR_FILENO + 1); }

/// The descriptors of a process, in their order.
using standard_files = std::array<int, 3>;

/// What a new process is made from.
struct origin {
  char* const* argv;
  char* const* environment;
  standard_files files;
  pid_t parent;
  const std::function<int()>& before_exec;
};

/// What the new process does until it is the program. It shares our memory, and we wait: only
/// system calls are allowed. Answers why it is not the program.
int become(const origin& from) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != from.parent)
    return ESRCH;
  const standard_files files{lifted(from.files[0]), lifted(from.files[1]), lifted(from.files[2])};
  for (int i = 0; i <= STDERR_FILENO; ++i)
    if (::dup2(files[static_cast<std::size_t>(i)], i) < 0)
      return errno;
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  struct sigaction by_default {};
  by_default.sa_handler = SIG_DFL;
  for (int i = 1; i < NSIG; ++i)
    ::sigaction(i, &by_default, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (from.before_exec)
    if (const int error = from.before_exec())
      return error;
  ::execvpe(from.argv[0], from.argv, from.environment);
  return errno;
}

/// Not posix_spawn(), which cannot ask for the signal at our death; not fork(), which copies the
/// tables of our memory. A function of its own: vfork() returns twice into its frame, and nothing
/// there changes in between. `failure` is written by the new process, in our memory.
[[gnu::noinline]] pid_t start(const origin& from, volatile int& failure) {
  const auto pid = ::vfork();
  if (pid == 0) {
    failure = become(from);
    ::_exit(127);
  }
  return pid;
}

}  // namespace

spawned spawn(const program& what, const unique_fd& in, const unique_fd& out,
              const unique_fd& err) {
  const auto argv = pointers(what.argv);
  const auto own = what.environment ? pointers(*what.environment) : std::vector<char*>{};
  const origin from{argv.data(),
                    what.environment ? own.data() : environ,
                    {in.get(), out.get(), err.get()},
                    ::getpid(),
                    what.before_exec};
  volatile int failure = 0;
  const signals_blocked meanwhile;
  const auto pid = start(from, failure);
  if (pid < 0)
    return {-1, errno};
  if (failure == 0)
    return {pid, 0};
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return {-1, failure};
}

unique_fd watch_process(pid_t pid) {
  unique_fd watched{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
  if (!watched)
    fail("cannot watch a child process");
  return watched;
}

int reap(pid_t pid) {
  // The zombie keeps its number from being used again.
  ::kill(-pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace millrace::os
