#pragma once

#include "base/os/unique_fd.hpp"

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>

/// TCP within this machine.
namespace millrace::tests {

/// Port 0: any.
inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

/// A port that is not in use.
inline std::uint16_t free_port() {
  const unique_fd probe{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  auto address = loopback(0);
  auto* const where = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof(address);
  REQUIRE(bind(probe.get(), where, size) == 0);
  REQUIRE(getsockname(probe.get(), where, &size) == 0);
  return ntohs(address.sin_port);
}

/// A connection to the server at that port.
inline unique_fd dial(std::uint16_t port) {
  unique_fd fd{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const auto address = loopback(port);
  REQUIRE(connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  return fd;
}

}  // namespace millrace::tests
