#include "base/os/unique_fd.hpp"

#include "base/os/signals_blocked.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <system_error>

namespace millrace {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

}  // namespace

void unique_fd::reset() {
  if (fd_ >= 0)
    ::close(std::exchange(fd_, -1));
}

pipe_ends make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    fail("cannot make a pipe");
  return {unique_fd{ends[0]}, unique_fd{ends[1]}};
}

void set_nonblocking(const unique_fd& what) {
  if (::fcntl(what.get(), F_SETFL, O_NONBLOCK) != 0)
    fail("cannot set up a pipe");
}

ssize_t write_quietly(const unique_fd& to, std::string_view bytes) {
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  const signals_blocked meanwhile{broken_pipe};
  const auto count = ::write(to.get(), bytes.data(), bytes.size());
  if (count < 0 && errno == EPIPE) {
    const timespec at_once{};
    sigtimedwait(&broken_pipe, nullptr, &at_once);
    errno = EPIPE;
  }
  return count;
}

unique_fd make_eventfd() {
  unique_fd event{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!event)
    fail("cannot make an event descriptor");
  return event;
}

}  // namespace millrace
