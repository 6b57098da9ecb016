#include "ingest/parse/pool/serve.hpp"

#include "base/os/spawn.hpp"
#include "ingest/parse/parser_exit.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>
#include <utility>

namespace millrace::ingest::pool {
namespace {

constexpr int control = STDIN_FILENO;

rlim_t as_limit(std::int64_t value) { return value > 0 ? static_cast<rlim_t>(value) : 0; }

int read_confined(const parser_work& work, const request& what, const sandbox::parser_sandbox& in) {
  std::set_new_handler([] { ::_exit(parser_exit::out_of_memory); });
  auto files = work.files(what.kind);
  files.input = STDIN_FILENO;
  const int error = in.confine(
      {as_limit(what.cpu_seconds), as_limit(what.memory_bytes), as_limit(what.output_bytes)},
      files);
  if (error != 0) {
    std::fprintf(stderr, "cannot limit the parser: %s\n", std::strerror(error));
    return parser_exit::cannot_start;
  }
  return work.read(what, in);
}

/// What a fork does, to its end. It has no way to the runtime but what it writes.
[[noreturn]] void become_parser(const parser_work& work, const received_request& asked,
                                const sandbox::parser_sandbox& in, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent)
    ::_exit(parser_exit::cannot_start);
  ::setpgid(0, 0);
  const std::array files{asked.files.input.get(), asked.files.output.get(),
                         asked.files.errors.get()};
  for (int i = 0; i <= STDERR_FILENO; ++i)
    if (::dup2(files[static_cast<std::size_t>(i)], i) < 0)
      ::_exit(parser_exit::cannot_start);
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  // Not exit(): what the runtime of the language does at the end is the other process's.
  ::_exit(read_confined(work, asked.what, in));
}

/// Waits until the process has ended. False when the other side of the socket is gone before.
bool wait_for_end(pid_t pid) {
  const auto alive = os::watch_process(pid);
  for (;;) {
    // Nothing is asked for while there is something at work: what comes is the end.
    std::array polled{pollfd{alive.get(), POLLIN, 0}, pollfd{control, POLLIN, 0}};
    if (::poll(polled.data(), polled.size(), -1) < 0)
      continue;
    if (polled[0].revents != 0)
      return true;
    if (polled[1].revents != 0)
      return false;
  }
}

/// Ends the process and the tools that it started, which cannot leave its group.
int end_group(pid_t pid) {
  const int status = os::reap(pid);
  // They are ours since the process is gone.
  while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
  }
  return status;
}

/// False when the other side is gone.
bool handle(const parser_work& work, received_request asked, const sandbox::parser_sandbox& in) {
  if (!asked.files.input || !asked.files.output || !asked.files.errors)
    return send(control, answer{0, EMFILE}) == 0;
  const auto parent = ::getpid();
  const auto pid = ::fork();
  if (pid == 0)
    become_parser(work, asked, in, parent);
  if (pid < 0)
    return send(control, answer{0, errno}) == 0;
  ::setpgid(pid, pid);
  asked.files = {};
  const bool is_wanted = wait_for_end(pid);
  const int status = end_group(pid);
  return is_wanted && send(control, answer{status, 0}) == 0;
}

}  // namespace

int serve(const parser_work& work) {
  // The thread that started this process may end long before the runtime does; the socket says
  // when that is gone.
  ::prctl(PR_SET_PDEATHSIG, 0);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  sandbox::parser_sandbox in;
  in.enter();
  for (;;) {
    auto asked = receive_request(control);
    if (!asked || !handle(work, *std::move(asked), in))
      return parser_exit::ok;
  }
}

int read_alone(const parser_work& work, const request& what) {
  sandbox::parser_sandbox in;
  in.enter();
  return read_confined(work, what, in);
}

}  // namespace millrace::ingest::pool
