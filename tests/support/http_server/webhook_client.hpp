#pragma once

#include "tests/support/loopback.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

namespace millrace::tests {

/// A connection to a port of this machine, for saying anything at all.
class raw_connection {
 public:
  explicit raw_connection(std::uint16_t port) : fd_(dial(port)) {}

  /// False when no server takes it.
  bool say(std::string_view text) const {
    while (!text.empty()) {
      const auto sent = send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0)
        return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// All that is said until the other side ends the connection. Fails the test after a minute.
  std::string hear() const {
    std::string heard;
    while (hear_more(heard)) {
    }
    return heard;
  }

  /// At least the first line of what is said, or all to the end of the connection.
  std::string hear_line() const {
    std::string heard;
    while (heard.find("\r\n") == std::string::npos && hear_more(heard)) {
    }
    return heard;
  }

 private:
  bool hear_more(std::string& heard) const {
    std::array<char, 4096> piece{};
    pollfd watched{fd_.get(), POLLIN, 0};
    REQUIRE(poll(&watched, 1, 60'000) == 1);
    const auto got = recv(fd_.get(), piece.data(), piece.size(), 0);
    if (got > 0)
      heard.append(piece.data(), static_cast<std::size_t>(got));
    return got > 0;
  }

  unique_fd fd_;
};

/// A call as a service makes it.
struct webhook {
  std::string path;
  std::string body = R"({"status": "SUCCESS"})";
  std::string secret = "wh-secret";
  /// Seconds from now.
  std::int64_t off = 0;

  std::string timestamp() const {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now).count() + off);
  }

  std::string signature(const std::string& at) const {
    const auto text = at + "." + body;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
    std::string signature = "sha256=";
    for (unsigned i = 0; i < size; ++i)
      fmt::format_to(std::back_inserter(signature), "{:02x}", digest.at(i));
    return signature;
  }

  /// The whole request.
  std::string text() const {
    const auto at = timestamp();
    return fmt::format(
        "POST {} HTTP/1.1\r\nHost: x\r\nWebhook-Timestamp: {}\r\nWebhook-Signature: {}\r\n"
        "Content-Length: {}\r\n\r\n{}",
        path, at, signature(at), body.size(), body);
  }
};

/// The status that a request is answered with; 0 when the connection is ended without one.
inline int status_of(std::uint16_t port, const std::string& request) {
  const raw_connection to{port};
  to.say(request);
  const auto answer = to.hear_line();
  return answer.starts_with("HTTP/1.1 ") ? std::stoi(answer.substr(9)) : 0;
}

}  // namespace millrace::tests
