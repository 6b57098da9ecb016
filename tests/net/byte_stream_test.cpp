#include "net/byte_stream.hpp"

#include "tests/support/conversation.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <csignal>
#include <string>

namespace {

using namespace millrace;
using namespace net;
using tests::talker;

struct plain_pair {
  talker one;
  talker other;

  explicit plain_pair(std::pair<unique_fd, unique_fd> ends = tests::connected_pair())
      : one{net::plain_stream(std::move(ends.first))},
        other{net::plain_stream(std::move(ends.second))} {}
};

TEST_CASE("a plain stream carries bytes as they are, and says when there are none") {
  plain_pair on;
  std::array<char, 8> piece{};
  const auto none = on.other.on->receive(piece);
  CHECK(none.state == net::stream_state::wants_read);
  CHECK(none.bytes == 0);
  on.one.to_say = std::string{"a\0b", 3};
  on.one.step();
  on.other.step();
  CHECK(on.other.heard == std::string{"a\0b", 3});
  CHECK(on.one.on->why_closed().empty());
}

TEST_CASE("a plain stream sends what there is room for, and the rest when there is room again") {
  plain_pair on;
  const std::string big(3'000'000, 'x');
  std::size_t sent = 0;
  for (;;) {
    const auto more = on.one.on->send(std::span{big}.subspan(sent));
    if (more.state != net::stream_state::ready) {
      CHECK(more.state == net::stream_state::wants_write);
      break;
    }
    sent += more.bytes;
    REQUIRE(sent < big.size());
  }
  on.one.to_say = big.substr(sent);
  talk_until([&] { return on.other.heard.size() == big.size(); }, on.one, on.other);
  CHECK(on.other.heard == big);
}

TEST_CASE("a plain stream whose other side has gone is closed, and no signal comes") {
  plain_pair on;
  on.other.to_say = "bye";
  on.other.step();
  on.other.on = nullptr;
  sigset_t pipe_signal;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  sigset_t before;
  REQUIRE(pthread_sigmask(SIG_BLOCK, &pipe_signal, &before) == 0);
  CHECK(on.one.on->send(std::string_view{"hello"}).state == net::stream_state::closed);
  sigset_t pending;
  REQUIRE(sigpending(&pending) == 0);
  CHECK(sigismember(&pending, SIGPIPE) == 0);
  REQUIRE(pthread_sigmask(SIG_SETMASK, &before, nullptr) == 0);
  CHECK(on.one.on->why_closed() == net::closed_by_peer);
  on.one.step();
  CHECK(on.one.heard == "bye");
}

TEST_CASE("a plain stream whose other side only ended its sending is heard by it") {
  plain_pair on;
  on.other.on->end_sending();
  std::array<char, 8> piece{};
  CHECK(on.one.on->receive(piece).state == net::stream_state::closed);
  on.one.to_say = "bye";
  on.one.step();
  on.other.step();
  CHECK(on.other.heard == "bye");
}

TEST_CASE("a plain stream yields what was sent before the other side closed") {
  plain_pair on;
  on.other.to_say = "bye";
  on.other.step();
  on.other.on = nullptr;
  on.one.step();
  CHECK(on.one.heard == "bye");
  CHECK(on.one.on->why_closed() == net::closed_by_peer);
  std::array<char, 8> piece{};
  CHECK(on.one.on->receive(piece).state == net::stream_state::closed);
}

}  // namespace
