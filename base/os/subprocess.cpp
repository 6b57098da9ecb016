#include "base/os/subprocess.hpp"

#include "base/os/poll_timeout.hpp"
#include "base/os/spawn.hpp"
#include "base/os/stop_event.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace millrace::os {
namespace {

using steady = std::chrono::steady_clock;

constexpr std::size_t max_errors = 4096;

/// Gives what is there to `take`, in pieces, for as long as it wants more. False when nothing will
/// come any more.
template <class Take>
bool read_some(const unique_fd& from, Take take) {
  std::array<char, 65536> buffer;
  for (;;) {
    const auto count = ::read(from.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return errno == EAGAIN;
    if (count == 0)
      return false;
    if (!take(std::string_view{buffer.data(), static_cast<std::size_t>(count)}))
      return true;
  }
}

/// A program that was started, and what came of it so far.
struct child_process {
  const command& what;
  pid_t pid = -1;
  unique_fd alive;
  unique_fd in;
  unique_fd out;
  unique_fd err;
  std::string_view to_write;
  command_result result{};

  /// Waits for the end of the program or for a reason to kill it; answers the reason.
  std::optional<ending> watch(const stop_event& stop) {
    auto deadline = steady::now() + what.time_limit;
    std::optional<ending> told;
    // Nothing is asked for twice: after the first reason only the grace counts.
    const auto end_it = [&](ending why) {
      const bool at_once = told || what.grace.count() == 0;
      if (!told)
        told = why;
      deadline = steady::now() + what.grace;
      ::kill(-pid, at_once ? SIGKILL : SIGTERM);
      return at_once;
    };
    write_input();
    for (;;) {
      std::array polled{pollfd{alive.get(), POLLIN, 0}, pollfd{told ? -1 : stop.get(), POLLIN, 0},
                        pollfd{out.get(), POLLIN, 0}, pollfd{err.get(), POLLIN, 0},
                        pollfd{in.get(), POLLOUT, 0}};
      const int ready = ::poll(polled.data(), polled.size(), poll_timeout(deadline));
      if (ready < 0 && errno != EINTR)
        throw std::system_error{errno, std::generic_category(), "cannot wait for a child process"};
      if (ready < 0)
        continue;
      if (polled[1].revents != 0 && end_it(ending::stopped))
        return told;
      if (polled[2].revents != 0 && read_output())
        return told.value_or(ending::output_too_large);
      if (polled[3].revents != 0)
        read_errors();
      if (polled[4].revents != 0)
        write_input();
      if (polled[0].revents != 0)
        return told;
      // However much it writes.
      if (steady::now() >= deadline && end_it(ending::timed_out))
        return told;
    }
  }

  void write_input() {
    while (in && !to_write.empty()) {
      const auto count = write_quietly(in, to_write);
      if (count < 0 && errno == EAGAIN)
        return;
      if (count < 0 && errno != EINTR)
        to_write = {};  // it does not read any more
      else if (count > 0)
        to_write.remove_prefix(static_cast<std::size_t>(count));
    }
    in.reset();
  }

  /// True when there was too much.
  bool read_output() {
    bool too_much = false;
    const auto keep = [&](std::string_view piece) {
      const auto room = what.max_output - result.output.size();
      result.output += piece.substr(0, room);
      too_much = piece.size() > room;
      return !too_much;
    };
    if (out && !read_some(out, keep))
      out.reset();
    return too_much;
  }

  void read_errors() {
    // Bounded in what is read at once, too: a program that never stops must not hold us here.
    const auto keep = [&](std::string_view piece) {
      result.errors += piece.substr(0, max_errors - result.errors.size());
      result.last_errors += piece;
      if (result.last_errors.size() > max_errors)
        result.last_errors.erase(0, result.last_errors.size() - max_errors);
      return false;
    };
    if (err && !read_some(err, keep))
      err.reset();
  }
};

void explain_status(command_result& result, const std::optional<ending>& told, int status) {
  if (told)
    result.how = *told;
  else
    result.how = WIFEXITED(status) ? ending::exited : ending::signalled;
  if (result.how == ending::exited)
    result.status = WEXITSTATUS(status);
  else if (result.how == ending::signalled)
    result.status = WTERMSIG(status);
}

}  // namespace

command_result run(const command& what, const std::stop_token& stop) {
  const stop_event stopped{stop};
  auto in = make_pipe();
  auto out = make_pipe();
  auto err = make_pipe();
  set_nonblocking(in.write);
  set_nonblocking(out.read);
  set_nonblocking(err.read);
  const auto started = spawn({what.argv, what.environment}, in.read, out.write, err.write);
  if (started.pid < 0)
    return {ending::not_started, started.failure, {}, {}, {}};
  in.read.reset();
  out.write.reset();
  err.write.reset();
  child_process program{what,
                        started.pid,
                        unique_fd{},
                        std::move(in.write),
                        std::move(out.read),
                        std::move(err.read),
                        what.input};
  std::optional<ending> told;
  try {
    program.alive = watch_process(program.pid);
    told = program.watch(stopped);
  } catch (...) {
    reap(program.pid);
    throw;
  }
  const int status = reap(program.pid);
  if (!told && program.read_output())
    told = ending::output_too_large;
  program.read_errors();
  explain_status(program.result, told, status);
  return std::move(program.result);
}

}  // namespace millrace::os
