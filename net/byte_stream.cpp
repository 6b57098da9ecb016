#include "net/byte_stream.hpp"

#include "base/check.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace millrace::net {
namespace {

template <class Call>
ssize_t repeat_interrupted(Call call) {
  for (;;)
    if (const auto moved = call(); moved >= 0 || errno != EINTR)
      return moved;
}

class plain final : public stream {
 public:
  plain(unique_fd connection, std::string peer)
      : connection_(std::move(connection)), peer_(std::move(peer)) {
    stop_blocking(connection_.get());
  }

  int fd() const override { return connection_.get(); }
  std::string why_closed() const override { return why_; }
  std::string peer_name() const override { return peer_; }

  stream_result receive(std::span<char> into) override {
    MILLRACE_CHECK(!into.empty());
    if (has_ended_)
      return {0, stream_state::closed};
    const auto got = repeat_interrupted([&] { return ::recv(fd(), into.data(), into.size(), 0); });
    const auto result = got == 0 ? close(closed_by_peer) : result_of(got, stream_state::wants_read);
    has_ended_ = result.state == stream_state::closed;
    return result;
  }

  stream_result send(std::span<const char> what) override {
    MILLRACE_CHECK(!what.empty());
    if (has_failed_)
      return {0, stream_state::closed};
    return result_of(
        repeat_interrupted([&] { return ::send(fd(), what.data(), what.size(), MSG_NOSIGNAL); }),
        stream_state::wants_write);
  }

  void end_sending() override { ::shutdown(fd(), SHUT_WR); }

 private:
  stream_result result_of(ssize_t moved, stream_state unready) {
    if (moved > 0)
      return {static_cast<std::size_t>(moved), stream_state::ready};
    if (errno == EAGAIN)
      return {0, unready};
    has_failed_ = true;
    return close(why_failed(errno));
  }

  stream_result close(std::string why) {
    why_ = std::move(why);
    return {0, stream_state::closed};
  }

  unique_fd connection_;
  std::string peer_;
  /// Nothing more can be received.
  bool has_ended_ = false;
  /// Nothing more can be sent.
  bool has_failed_ = false;
  std::string why_;
};

}  // namespace

std::unique_ptr<stream> plain_stream(unique_fd connection, std::string peer) {
  return std::make_unique<plain>(std::move(connection), std::move(peer));
}

void stop_blocking(int socket) {
  const int flags = ::fcntl(socket, F_GETFL);
  MILLRACE_CHECK(flags >= 0 && ::fcntl(socket, F_SETFL, flags | O_NONBLOCK) == 0);
}

std::string why_failed(int error_number) {
  if (error_number == EPIPE || error_number == ECONNRESET)
    return closed_by_peer;
  return fmt::format("the connection failed: {}", std::generic_category().message(error_number));
}

}  // namespace millrace::net
