#include "pipeline/handlers/process/line_channel.hpp"

#include "base/os/poll_timeout.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace millrace::pipeline::external {
namespace {

constexpr std::size_t piece = 65536;
constexpr std::size_t longest_error = 4096;

/// Appends what is there to read, one piece. False when nothing will come any more.
bool read_piece(const unique_fd& from, std::string& to) {
  std::array<char, piece> buffer;
  for (;;) {
    const auto count = ::read(from.get(), buffer.data(), buffer.size());
    if (count > 0)
      to.append(buffer.data(), static_cast<std::size_t>(count));
    if (count < 0 && errno == EINTR)
      continue;
    return count > 0 || (count < 0 && errno == EAGAIN);
  }
}

}  // namespace

channel::channel(unique_fd to, unique_fd from, unique_fd errors, unique_fd alive, hear_error hear)
    : to_{std::move(to)},
      from_{std::move(from)},
      errors_{std::move(errors)},
      alive_{std::move(alive)},
      hear_{std::move(hear)} {
  set_nonblocking(to_);
  set_nonblocking(from_);
  set_nonblocking(errors_);
}

void channel::send(next_to_send lines) { lines_ = std::move(lines); }

void channel::close_input() {
  lines_ = nullptr;
  to_.reset();
}

channel::event channel::next_line(std::string_view& line,
                                  std::chrono::steady_clock::time_point deadline, int stop) {
  for (;;) {
    if (take_line(line))
      return event::line;
    if (in_.size() - begin_ > longest_line)
      return event::too_long;
    if (!from_)
      return event::ended;
    write();
    const bool more = to_ && sent_ < out_.size();
    std::array polled{pollfd{from_.get(), POLLIN, 0}, pollfd{alive_.get(), POLLIN, 0},
                      pollfd{errors_.get(), POLLIN, 0}, pollfd{stop, POLLIN, 0},
                      pollfd{more ? to_.get() : -1, POLLOUT, 0}};
    const int ready = ::poll(polled.data(), polled.size(), poll_timeout(deadline));
    if (ready < 0 && errno != EINTR)
      throw std::system_error{errno, std::generic_category(), "cannot wait for a child process"};
    if (ready < 0)
      continue;
    if (polled[3].revents != 0)
      return event::stopped;
    // Before the answer that it belongs to.
    if (polled[2].revents != 0)
      read_errors();
    // Once more when it has ended: it may have written after we looked, and before it ended. An
    // empty pipe then means that another process holds its output open, and no answer will come.
    if (polled[0].revents != 0 || polled[1].revents != 0) {
      if (!read())
        from_.reset();
    } else if (std::chrono::steady_clock::now() >= deadline) {
      return event::timed_out;  // also when standard error never ends
    }
  }
}

bool channel::take_line(std::string_view& line) {
  const auto end = in_.find('\n', searched_);
  if (end == std::string::npos || end - begin_ > longest_line) {
    searched_ = in_.size();
    return false;
  }
  line = std::string_view{in_}.substr(begin_, end - begin_);
  begin_ = searched_ = end + 1;
  return true;
}

void channel::write() {
  for (;;) {
    if (sent_ == out_.size()) {
      out_.clear();
      sent_ = 0;
      while (lines_ && out_.size() < piece)
        if (!lines_(out_))
          lines_ = nullptr;
    }
    if (out_.empty() || !to_)
      return;
    const auto count = write_quietly(to_, std::string_view{out_}.substr(sent_));
    if (count > 0)
      sent_ += static_cast<std::size_t>(count);
    else if (errno == EAGAIN)
      return;
    else if (errno != EINTR)
      close_input();  // the process no longer reads: it ends, or its last output says why
  }
}

bool channel::read() {
  if (begin_ > 0) {
    in_.erase(0, begin_);
    searched_ -= begin_;
    begin_ = 0;
  }
  const auto before = in_.size();
  if (!read_piece(from_, in_))
    from_.reset();
  return in_.size() > before;
}

bool channel::read_errors() {
  const auto before = said_.size();
  if (!read_piece(errors_, said_))
    errors_.reset();
  const bool came = said_.size() > before;
  split_errors(!errors_);
  return came;
}

void channel::split_errors(bool all) {
  std::string_view rest = said_;
  for (;;) {
    const auto end = rest.substr(0, longest_error).find('\n');
    if (end != std::string_view::npos) {
      hear_(rest.substr(0, end));
      rest.remove_prefix(end + 1);
    } else if (rest.size() >= longest_error || (all && !rest.empty())) {
      hear_(rest.substr(0, longest_error));
      rest.remove_prefix(std::min(longest_error, rest.size()));
    } else {
      break;
    }
  }
  said_.erase(0, said_.size() - rest.size());
}

bool channel::wait_for_end(std::chrono::steady_clock::time_point deadline) {
  for (;;) {
    std::array polled{pollfd{alive_.get(), POLLIN, 0}, pollfd{from_.get(), POLLIN, 0},
                      pollfd{errors_.get(), POLLIN, 0}};
    const int ready = ::poll(polled.data(), polled.size(), poll_timeout(deadline));
    if (ready < 0 && errno != EINTR)
      throw std::system_error{errno, std::generic_category(), "cannot wait for a child process"};
    if (ready > 0 && polled[0].revents != 0)
      return true;
    if (std::chrono::steady_clock::now() >= deadline)
      return false;
    if (ready > 0 && polled[1].revents != 0) {
      in_.clear();
      begin_ = searched_ = 0;
      read();
    }
    if (ready > 0 && polled[2].revents != 0)
      read_errors();
  }
}

void channel::read_last_errors() {
  // Reads what a pipe holds, and not what a process that was left behind goes on to write.
  constexpr int most = 2;
  for (int i = 0; i < most && errors_ && read_errors(); ++i) {
  }
  split_errors(/*all=*/true);
}

}  // namespace millrace::pipeline::external
