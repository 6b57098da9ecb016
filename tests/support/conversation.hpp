#pragma once

#include "net/byte_stream.hpp"

#include <catch2/catch.hpp>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

namespace millrace::tests {

/// The two ends of a connection.
inline std::pair<unique_fd, unique_fd> connected_pair() {
  std::array<int, 2> ends{-1, -1};
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  return {unique_fd{ends[0]}, unique_fd{ends[1]}};
}

/// One side of a connection with what it has still to say and what it has heard.
struct talker {
  std::unique_ptr<net::stream> on;
  std::string to_say;
  std::string heard;
  /// How often it had to wait for room.
  int waits = 0;

  bool is_closed() const { return !on->why_closed().empty(); }

  /// Says and hears what it can now.
  void step() {
    if (!to_say.empty()) {
      const auto sent = on->send(to_say);
      to_say.erase(0, sent.bytes);
      waits += sent.state == net::stream_state::wants_write ? 1 : 0;
    }
    std::array<char, 5000> piece{};
    for (;;) {
      const auto got = on->receive(piece);
      if (got.state != net::stream_state::ready)
        return;
      heard.append(piece.data(), got.bytes);
    }
  }
};

/// Lets the talkers go on in turn until the condition holds; fails the test after a minute.
template <class Condition, class... Talkers>
void talk_until(Condition holds, Talkers&... all) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{1};
  while (!holds()) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    (all.step(), ...);
  }
}

}  // namespace millrace::tests
