#include "ingest/parse/pool/parser_worker.hpp"

#include "base/os/find_program.hpp"
#include "base/os/poll_timeout.hpp"
#include "base/os/spawn.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <system_error>
#include <utility>
#include <vector>

namespace millrace::ingest::pool {
namespace {

using steady = std::chrono::steady_clock;

[[noreturn]] void fail(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

/// What the file holds, at most so many bytes; true where it holds more.
bool read_output(const unique_fd& file, std::int64_t max_bytes, std::string& into) {
  struct stat about {};
  if (::fstat(file.get(), &about) != 0)
    fail("cannot read what a parser wrote");
  const auto size = max_bytes > 0 ? std::min<std::int64_t>(about.st_size, max_bytes)
                                  : static_cast<std::int64_t>(about.st_size);
  into.resize(static_cast<std::size_t>(size));
  std::size_t at = 0;
  while (at < into.size()) {
    const auto got =
        ::pread(file.get(), into.data() + at, into.size() - at, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      fail("cannot read what a parser wrote");
    at += static_cast<std::size_t>(got);
  }
  return about.st_size > size;
}

/// The first of what stands in the pipe, which takes no more than it can hold.
std::string read_errors(const unique_fd& from) {
  std::array<char, 4096> buffer{};
  const auto got = ::read(from.get(), buffer.data(), buffer.size());
  return {buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

void explain(int status, os::command_result& result) {
  const bool exited = WIFEXITED(status);
  result.how = exited ? os::ending::exited : os::ending::signalled;
  result.status = exited ? WEXITSTATUS(status) : WTERMSIG(status);
}

}  // namespace

parser_worker::parser_worker(const std::string& helper) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    fail("cannot make a socket for a parser");
  socket_ = unique_fd{ends[0]};
  const unique_fd theirs{ends[1]};
  const unique_fd nowhere{::open("/dev/null", O_RDWR | O_CLOEXEC)};
  if (!nowhere)
    fail("cannot open /dev/null");
  // An empty environment: what takes the parser over finds no keys there.
  const auto started =
      os::spawn({{helper, "serve", std::string{program_path()}}, std::vector<std::string>{}},
                theirs, nowhere, nowhere);
  pid_ = started.pid;
  failure_ = started.failure;
}

parser_worker::~parser_worker() { end(); }

int parser_worker::end() {
  socket_.reset();
  if (pid_ < 0)
    return 0;
  // It ends by itself, so that it can wait for what it has started; unless something stopped it.
  constexpr auto patience = std::chrono::seconds{2};
  try {
    const auto alive = os::watch_process(pid_);
    const auto until = steady::now() + patience;
    pollfd polled{alive.get(), POLLIN, 0};
    while (::poll(&polled, 1, poll_timeout(until)) < 0 && errno == EINTR) {
    }
  } catch (const std::system_error&) {
    // Without a descriptor it is ended at once.
  }
  return os::reap(std::exchange(pid_, -1));
}

std::optional<os::ending> parser_worker::wait_for_answer(duration time_limit,
                                                         const stop_event& stop) const {
  const auto until = steady::now() + time_limit;
  for (;;) {
    std::array polled{pollfd{socket_.get(), POLLIN, 0}, pollfd{stop.get(), POLLIN, 0}};
    const int ready = ::poll(polled.data(), polled.size(), poll_timeout(until));
    if (ready < 0 && errno != EINTR)
      fail("cannot wait for a parser");
    if (ready < 0)
      continue;
    if (polled[1].revents != 0)
      return os::ending::stopped;
    if (polled[0].revents != 0)
      return std::nullopt;
    if (steady::now() >= until)
      return os::ending::timed_out;
  }
}

std::optional<os::command_result> parser_worker::read(const request& what, unique_fd input,
                                                      duration time_limit, const stop_event& stop) {
  auto errors = make_pipe();
  // A parser that says much waits for nothing.
  set_nonblocking(errors.write);
  set_nonblocking(errors.read);
  request_files files{std::move(input), unique_fd{::memfd_create("parsed", MFD_CLOEXEC)},
                      std::move(errors.write)};
  if (!files.output)
    fail("cannot make a file for what a parser writes");
  const int sent = send(socket_.get(), what, files);
  if (sent == EPIPE || sent == ECONNRESET) {
    end();
    return std::nullopt;
  }
  if (sent != 0)
    return os::command_result{os::ending::not_started, sent, {}, {}, {}};
  files.input.reset();
  files.errors.reset();
  os::command_result result;
  if (const auto why = wait_for_answer(time_limit, stop)) {
    end();
    result.how = *why;
    return result;
  }
  const auto answered = receive_answer(socket_.get());
  if (!answered) {
    explain(end(), result);
    result.errors = "it ended without an answer";
    return result;
  }
  if (answered->failure != 0)
    return os::command_result{os::ending::not_started, answered->failure, {}, {}, {}};
  explain(answered->status, result);
  const bool is_too_much = read_output(files.output, what.output_bytes, result.output);
  if (is_too_much || (result.how == os::ending::signalled && result.status == SIGXFSZ))
    result.how = os::ending::output_too_large;
  result.errors = read_errors(errors.read);
  return result;
}

}  // namespace millrace::ingest::pool
