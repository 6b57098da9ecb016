#pragma once

#include "tests/support/loopback.hpp"

#include <catch2/catch.hpp>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace millrace::tests {

struct heard_response {
  int status = 0;
  /// Names in lower case.
  std::map<std::string, std::string> headers;
  std::string body;
};

/// A client of HTTP that says exactly the bytes that a test wants. What does not come within a
/// minute fails the test.
class http_peer {
 public:
  explicit http_peer(std::uint16_t port) : fd_(dial(port)) {}

  int fd() const { return fd_.get(); }
  void leave() { fd_.reset(); }
  void end_sending() const { ::shutdown(fd(), SHUT_WR); }

  /// False when the server has closed.
  bool try_say(std::string_view text) const {
    while (!text.empty()) {
      const auto sent = ::send(fd(), text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0)
        return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void say(std::string_view text) const { REQUIRE(try_say(text)); }

  /// Whether there is something to hear, or the end, within that time.
  bool hears_within(std::chrono::milliseconds time) const {
    if (!heard_.empty())
      return true;
    pollfd watched{fd(), POLLIN, 0};
    return ::poll(&watched, 1, static_cast<int>(time.count())) > 0;
  }

  /// One response; that of HEAD has no body.
  heard_response hear(bool is_head = false) {
    heard_response response = hear_head();
    const auto has = [&](const char* name) { return response.headers.contains(name); };
    if (is_head || response.status / 100 == 1 || response.status == 204 || response.status == 304)
      return response;
    if (has("transfer-encoding")) {
      for (;;) {
        const auto size = std::stoul(take_to("\r\n"), nullptr, 16);
        auto piece = take(size);
        REQUIRE(take(2) == "\r\n");
        if (piece.empty())
          return response;
        response.body += piece;
      }
    }
    if (has("content-length"))
      response.body = take(std::stoul(response.headers["content-length"]));
    else
      response.body = hear_all();
    return response;
  }

  /// The head alone: the body of a stream comes later.
  heard_response hear_head() {
    heard_response response;
    const auto first = take_to("\r\n");
    REQUIRE(first.starts_with("HTTP/1.1 "));
    response.status = std::stoi(first.substr(9, 3));
    for (auto line = take_to("\r\n"); !line.empty(); line = take_to("\r\n")) {
      const auto colon = line.find(": ");
      REQUIRE(colon != std::string::npos);
      auto name = line.substr(0, colon);
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      response.headers[name] = line.substr(colon + 2);
    }
    return response;
  }

  /// The bytes to the mark, which is taken off too.
  std::string take_to(std::string_view mark) {
    std::size_t at = 0;
    while ((at = heard_.find(mark)) == std::string::npos)
      REQUIRE(hear_more());
    auto text = heard_.substr(0, at);
    heard_.erase(0, at + mark.size());
    return text;
  }

  std::string take(std::size_t size) {
    while (heard_.size() < size)
      REQUIRE(hear_more());
    auto text = heard_.substr(0, size);
    heard_.erase(0, size);
    return text;
  }

  /// Everything to the end of the connection.
  std::string hear_all() {
    while (hear_more()) {
    }
    return std::exchange(heard_, {});
  }

  /// Waits for the end of the connection; nothing comes before it.
  bool is_closed() { return hear_all().empty(); }

 private:
  /// False at the end of the connection.
  bool hear_more() {
    std::array<char, 65'536> piece{};
    pollfd watched{fd(), POLLIN, 0};
    REQUIRE(::poll(&watched, 1, 60'000) == 1);
    const auto got = ::recv(fd(), piece.data(), piece.size(), 0);
    if (got > 0)
      heard_.append(piece.data(), static_cast<std::size_t>(got));
    return got > 0;
  }

  unique_fd fd_;
  std::string heard_;
};

}  // namespace millrace::tests
