#include "actors/inspector/server/session.hpp"

#include "actors/inspector/protocol/handshake.hpp"
#include "actors/inspector/protocol/json_codec.hpp"
#include "actors/inspector/protocol/requests.hpp"

#include <poll.h>

#include <array>
#include <span>
#include <utility>

namespace millrace::actors {

session::session(std::uint64_t number, std::unique_ptr<net::stream> through, clock::time_point now)
    : number_(number),
      through_(std::move(through)),
      heard_at_(now),
      due_(now + greeting_patience),
      paid_at_(now) {}

short session::events() const {
  if (has_asked_ || rests_until_)
    return 0;
  return blocked_on_ == net::stream_state::wants_write ? POLLOUT : POLLIN;
}

bool session::go_on(short revents, clock::time_point now, const host& in) {
  if (now >= due_)
    return false;
  if (rests_until_ && now >= *rests_until_)
    rests_until_.reset();
  // A client that waits or rests is not read from; poll() shows nevertheless that it has gone.
  if (has_asked_ || rests_until_)
    return (revents & (POLLHUP | POLLERR)) == 0;
  for (;;) {
    const auto became = to_say_.empty() ? listen(now, in) : flush(now);
    if (became != flow::goes_on)
      return became == flow::waits;
  }
}

void session::answer(std::string line, clock::time_point now) {
  has_asked_ = false;
  if (line.size() < long_answer)
    paid_at_ = std::max(paid_at_, now) + pause_after_answer;
  say(std::move(line), now);
}

void session::say(std::string text, clock::time_point now) {
  to_say_ = std::move(text);
  told_ = 0;
  due_ = now + answer_patience;
}

session::flow session::flush(clock::time_point now) {
  const auto [sent, state] = through_->send(std::span{to_say_}.subspan(told_));
  if (state == net::stream_state::closed)
    return flow::ended;
  if (state != net::stream_state::ready) {
    blocked_on_ = state;
    return flow::waits;
  }
  told_ += sent;
  if (told_ < to_say_.size())
    return flow::goes_on;
  to_say_.clear();
  if (leaves_)
    return flow::ended;
  heard_at_ = now;
  due_ = clock::time_point::max();
  if (const auto may_ask = paid_at_ - answers_at_once * pause_after_answer; may_ask > now) {
    rests_until_ = may_ask;
    return flow::waits;
  }
  return flow::goes_on;
}

session::flow session::listen(clock::time_point now, const host& in) {
  if (const auto end = said_.find('\n'); end != std::string::npos) {
    const auto line = said_.substr(0, end);
    said_.erase(0, end + 1);
    heard_at_ = now;
    if (!has_greeted_)
      return take_greeting(line, now, in) ? flow::goes_on : flow::ended;
    has_asked_ = true;
    in.asked(*this, line);
    return flow::waits;
  }
  if (said_.size() >= (has_greeted_ ? request_limit : greeting_limit) ||
      (!has_greeted_ && !may_be_greeting(said_)))
    return flow::ended;
  std::array<char, 4096> piece{};
  const auto [got, state] = through_->receive(piece);
  if (state == net::stream_state::closed)
    return flow::ended;
  if (state != net::stream_state::ready) {
    blocked_on_ = state;
    return flow::waits;
  }
  said_.append(piece.data(), got);
  return flow::goes_on;
}

bool session::take_greeting(std::string_view line, clock::time_point now, const host& in) {
  const auto greeted = parse_greeting(line);
  // A client must not say more before it is answered.
  if (!greeted || !said_.empty())
    return false;
  auto own = in.greeting();
  if (!own)
    return false;
  has_greeted_ = true;
  leaves_ = greeted->protocol != inspection_version;
  say(std::move(*own), now);
  return true;
}

}  // namespace millrace::actors
