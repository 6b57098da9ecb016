#include "net/http/server/socket_options.hpp"

#include "net/host_port.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>

namespace millrace::net {
namespace {

/// Seconds without a byte until the kernel asks whether the client is there; between two such
/// questions; and how many go without an answer before the connection is over.
constexpr int silence_s = 60;
constexpr int interval_s = 15;
constexpr int most_unanswered = 4;

/// The address and port, with an empty host when it is none of the internet.
host_port address_in(const sockaddr_storage& at) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (at.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(at);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    return {text.data(), ntohs(v4.sin_port)};
  }
  if (at.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(at);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    return {text.data(), ntohs(v6.sin6_port)};
  }
  return {};
}

void set(int socket, int level, int option, int value) {
  ::setsockopt(socket, level, option, &value, sizeof value);
}

}  // namespace

std::uint16_t local_port(int socket) {
  sockaddr_storage at{};
  socklen_t size = sizeof at;
  return ::getsockname(socket, reinterpret_cast<sockaddr*>(&at), &size) == 0 ? address_in(at).port
                                                                             : std::uint16_t{0};
}

std::string peer_address(int socket) {
  sockaddr_storage at{};
  socklen_t size = sizeof at;
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&at), &size) != 0)
    return {};
  const auto address = address_in(at);
  return address.host.empty() ? std::string{} : to_string(address);
}

void set_options(int socket) {
  set(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  set(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  set(socket, IPPROTO_TCP, TCP_KEEPIDLE, silence_s);
  set(socket, IPPROTO_TCP, TCP_KEEPINTVL, interval_s);
  set(socket, IPPROTO_TCP, TCP_KEEPCNT, most_unanswered);
}

void reset_when_closed(int socket) {
  const ::linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace millrace::net
