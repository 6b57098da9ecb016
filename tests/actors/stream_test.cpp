#include "actors/stream.hpp"

#include "tests/support/conversation.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <csignal>
#include <string>

namespace {

using namespace millrace;
using namespace actors;
using tests::talker;

std::pair<talker, talker> plain_pair() {
  auto [one, other] = tests::connected_pair();
  return std::pair{talker{plain_stream(std::move(one))}, talker{plain_stream(std::move(other))}};
}

TEST_CASE("a plain stream carries bytes as they are, and says when there are none") {
  auto [one, other] = plain_pair();
  std::array<char, 8> piece{};
  const auto none = other.on->receive(piece);
  CHECK(none.state == stream_state::wants_read);
  CHECK(none.bytes == 0);
  one.to_say = std::string{"a\0b", 3};
  one.step();
  other.step();
  CHECK(other.heard == std::string{"a\0b", 3});
  CHECK(one.on->why_closed().empty());
}

TEST_CASE("a plain stream sends what there is room for, and the rest when there is room again") {
  auto [one, other] = plain_pair();
  const std::string big(3'000'000, 'x');
  std::size_t sent = 0;
  for (;;) {
    const auto more = one.on->send(std::span{big}.subspan(sent));
    if (more.state != stream_state::ready) {
      CHECK(more.state == stream_state::wants_write);
      break;
    }
    sent += more.bytes;
    REQUIRE(sent < big.size());
  }
  one.to_say = big.substr(sent);
  talk_until([&] { return other.heard.size() == big.size(); }, one, other);
  CHECK(other.heard == big);
}

TEST_CASE("a plain stream whose other side has gone is closed, and no signal comes") {
  auto [one, other] = plain_pair();
  other.to_say = "bye";
  other.step();
  other.on = nullptr;
  sigset_t pipe_signal;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  sigset_t before;
  REQUIRE(pthread_sigmask(SIG_BLOCK, &pipe_signal, &before) == 0);
  CHECK(one.on->send(std::string_view{"hello"}).state == stream_state::closed);
  sigset_t pending;
  REQUIRE(sigpending(&pending) == 0);
  CHECK(sigismember(&pending, SIGPIPE) == 0);
  REQUIRE(pthread_sigmask(SIG_SETMASK, &before, nullptr) == 0);
  CHECK(one.on->why_closed() == closed_by_peer);
  one.step();
  CHECK(one.heard == "bye");
}

TEST_CASE("a plain stream yields what was sent before the other side closed") {
  auto [one, other] = plain_pair();
  other.to_say = "bye";
  other.step();
  other.on = nullptr;
  one.step();
  CHECK(one.heard == "bye");
  CHECK(one.on->why_closed() == closed_by_peer);
  std::array<char, 8> piece{};
  CHECK(one.on->receive(piece).state == stream_state::closed);
}

}  // namespace
