#include "ingest/webhook/connection.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace millrace::ingest {
namespace {

/// How long, and how much, an answered caller may go on sending before it is cut off: closing over
/// unread input would reset the connection and lose the answer.
constexpr auto linger_timeout = std::chrono::seconds{1};
constexpr std::size_t most_ignored = std::size_t{1} << 20;

}  // namespace

short webhook_connection::events() const { return to_say_.empty() || leaves_ ? POLLIN : POLLOUT; }

bool webhook_connection::go_on(clock::time_point now, const answerer& answer) {
  if (now >= due_)
    return false;
  for (;;) {
    const auto became = leaves_ ? drain_input() : to_say_.empty() ? listen(answer) : say(now);
    if (became != flow::goes_on)
      return became == flow::waits;
  }
}

webhook_connection::flow webhook_connection::listen(const answerer& answer) {
  std::array<char, 16384> piece{};
  const auto [got, state] = through_->receive(piece);
  if (state == net::stream_state::closed)
    return flow::ended;
  if (state != net::stream_state::ready)
    return flow::waits;
  asked_.take({piece.data(), got});
  if (asked_.done())
    to_say_ = answer(asked_);
  return flow::goes_on;
}

webhook_connection::flow webhook_connection::say(clock::time_point now) {
  const auto [sent, state] = through_->send(std::span{to_say_}.subspan(told_));
  if (state == net::stream_state::closed)
    return flow::ended;
  if (state != net::stream_state::ready)
    return flow::waits;
  told_ += sent;
  if (told_ == to_say_.size()) {
    ::shutdown(fd(), SHUT_WR);
    leaves_ = true;
    due_ = std::min<clock::time_point>(due_, now + linger_timeout);
  }
  return flow::goes_on;
}

webhook_connection::flow webhook_connection::drain_input() {
  std::array<char, 16384> piece{};
  const auto [got, state] = through_->receive(piece);
  if (state == net::stream_state::closed)
    return flow::ended;
  if (state != net::stream_state::ready)
    return flow::waits;
  ignored_ += got;
  return ignored_ > most_ignored ? flow::ended : flow::goes_on;
}

}  // namespace millrace::ingest
