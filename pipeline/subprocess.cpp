#include "pipeline/subprocess.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <system_error>
#include <utility>

namespace millrace::pipeline {
namespace {

constexpr std::size_t max_errors = 4096;

/// Closes the descriptor that it holds.
class descriptor {
 public:
  explicit descriptor(int fd = -1) : fd_(fd) {}
  ~descriptor() { reset(); }
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const { return fd_; }
  void reset() {
    if (fd_ >= 0)
      ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

struct pipe_ends {
  descriptor read;
  descriptor write;
};

[[noreturn]] void fail(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

pipe_ends make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    fail("cannot make a pipe");
  pipe_ends made{descriptor{ends[0]}, descriptor{ends[1]}};
  if (::fcntl(made.read.get(), F_SETFL, O_NONBLOCK) != 0)
    fail("cannot set up a pipe");
  return made;
}

/// Starts the program with these ends of pipes as its output; answers 0 or an errno.
int start(const std::vector<std::string>& argv, const descriptor& out, const descriptor& err,
          pid_t& pid) {
  std::vector<char*> args;
  args.reserve(argv.size() + 1);
  for (const auto& arg : argv)
    args.push_back(const_cast<char*>(arg.c_str()));
  args.push_back(nullptr);

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, out.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, err.get(), STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);

  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);

  const int error = ::posix_spawnp(&pid, args[0], &files, &attributes, args.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return error;
}

/// Reads what is there. False when nothing will come any more. Keeps at most `limit` bytes, and
/// says in `too_much` that there were more.
bool read_some(const descriptor& from, std::string& into, std::size_t limit, bool& too_much) {
  std::array<char, 65536> buffer;
  for (;;) {
    const auto count = ::read(from.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return errno == EAGAIN;
    if (count == 0)
      return false;
    const auto room = limit - into.size();
    into.append(buffer.data(), std::min(room, static_cast<std::size_t>(count)));
    if (static_cast<std::size_t>(count) > room) {
      too_much = true;
      return true;
    }
  }
}

int milliseconds_until(std::chrono::steady_clock::time_point deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1 << 30));
}

/// A program that was started, and what came of it so far.
struct child {
  pid_t pid = -1;
  descriptor alive;
  descriptor out;
  descriptor err;
  command_result result;

  /// Waits for the end of the program or for a reason to kill it; answers the reason.
  std::optional<ending> watch(const command& what, const descriptor& stop) {
    const auto deadline = std::chrono::steady_clock::now() + what.time_limit;
    for (;;) {
      std::array polled{pollfd{alive.get(), POLLIN, 0}, pollfd{stop.get(), POLLIN, 0},
                        pollfd{out.get(), POLLIN, 0}, pollfd{err.get(), POLLIN, 0}};
      const int ready = ::poll(polled.data(), polled.size(), milliseconds_until(deadline));
      if (ready < 0 && errno != EINTR)
        fail("cannot wait for a child process");
      if (ready == 0)
        return ending::timed_out;
      if (ready < 0)
        continue;
      if (polled[1].revents != 0)
        return ending::stopped;
      if (polled[2].revents != 0 && read_output(what))
        return ending::output_too_large;
      if (polled[3].revents != 0)
        read_errors();
      if (polled[0].revents != 0)
        return std::nullopt;
    }
  }

  /// True when there was too much.
  bool read_output(const command& what) {
    bool too_much = false;
    if (out.get() >= 0 && !read_some(out, result.output, what.max_output, too_much))
      out.reset();
    return too_much;
  }

  void read_errors() {
    bool ignored = false;
    if (err.get() >= 0 && !read_some(err, result.errors, max_errors, ignored))
      err.reset();
  }

  /// Kills what is left of the group (the zombie keeps its number from being used again) and takes
  /// the exit status.
  int reap() const {
    ::kill(-pid, SIGKILL);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
  }
};

}  // namespace

command_result run(const command& what, const std::stop_token& stop) {
  descriptor stopped{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (stopped.get() < 0)
    fail("cannot make an eventfd");
  const std::stop_callback on_stop{stop, [&stopped] {
                                     const std::uint64_t one = 1;
                                     [[maybe_unused]] auto n =
                                         ::write(stopped.get(), &one, sizeof one);
                                   }};
  auto out = make_pipe();
  auto err = make_pipe();
  child program;
  if (const int error = start(what.argv, out.write, err.write, program.pid); error != 0)
    return {ending::not_started, error, {}, {}};
  out.write.reset();
  err.write.reset();
  program.out = std::move(out.read);
  program.err = std::move(err.read);
  program.alive = descriptor{static_cast<int>(::syscall(SYS_pidfd_open, program.pid, 0))};

  std::optional<ending> killed;
  try {
    if (program.alive.get() < 0)
      fail("cannot watch a child process");
    killed = program.watch(what, stopped);
  } catch (...) {
    program.reap();
    throw;
  }
  const int status = program.reap();
  if (!killed && program.read_output(what))
    killed = ending::output_too_large;
  program.read_errors();

  auto& result = program.result;
  if (killed)
    result.how = *killed;
  else
    result.how = WIFEXITED(status) ? ending::exited : ending::signalled;
  if (result.how == ending::exited)
    result.status = WEXITSTATUS(status);
  else if (result.how == ending::signalled)
    result.status = WTERMSIG(status);
  return std::move(result);
}

}  // namespace millrace::pipeline
