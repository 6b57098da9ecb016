#include "net/line_stream.hpp"

#include "base/os/poll_timeout.hpp"
#include "net/listener.hpp"

#include <poll.h>

#include <array>

namespace millrace::net {

bool line_stream::wait_for(stream_state readiness, clock::time_point deadline) const {
  const short events = readiness == stream_state::wants_write ? POLLOUT : POLLIN;
  pollfd watched{through_->fd(), events, 0};
  return ::poll(&watched, 1, poll_timeout(deadline, clock::now())) != 0;
}

line_stream::end line_stream::send(std::string_view text, clock::time_point deadline) {
  while (!text.empty()) {
    const auto [sent, state] = through_->send(text);
    if (state == stream_state::closed)
      return end::closed;
    if (state != stream_state::ready && !wait_for(state, deadline))
      return end::too_late;
    text.remove_prefix(sent);
  }
  return end::well;
}

line_stream::end line_stream::read(std::string& line, std::size_t limit,
                                   clock::time_point deadline) {
  std::array<char, 64 * 1024> piece{};
  for (std::size_t searched = 0;;) {
    if (const auto at = come_.find('\n', searched); at != std::string::npos) {
      line = come_.substr(0, at);
      come_.erase(0, at + 1);
      return end::well;
    }
    searched = come_.size();
    if (searched >= limit)
      return end::closed;
    const auto [got, state] = through_->receive(piece);
    if (state == stream_state::closed)
      return end::closed;
    if (state != stream_state::ready && !wait_for(state, deadline))
      return end::too_late;
    come_.append(piece.data(), got);
  }
}

}  // namespace millrace::net
