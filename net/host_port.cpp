#include "net/host_port.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <memory>
#include <system_error>

namespace millrace::net {
namespace {

struct free_addresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using address_list = std::unique_ptr<addrinfo, free_addresses>;

std::string words_of(int error_number) { return std::generic_category().message(error_number); }

/// Empty, with the reason, when there are none.
address_list resolve(const host_port& where, int flags, std::string& why) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failed =
      ::getaddrinfo(where.host.c_str(), std::to_string(where.port).c_str(), &hints, &found);
  if (failed != 0)
    why = failed == EAI_SYSTEM ? words_of(errno) : ::gai_strerror(failed);
  return address_list{failed == 0 ? found : nullptr};
}

unique_fd open_socket(const addrinfo& address) {
  return unique_fd{::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                            address.ai_protocol)};
}

/// 0, or why there is no connection.
int finish_connecting(int fd, std::chrono::milliseconds patience) {
  pollfd watched{fd, POLLOUT, 0};
  if (::poll(&watched, 1, static_cast<int>(patience.count())) == 0)
    return ETIMEDOUT;
  int failed = 0;
  socklen_t size = sizeof(failed);
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &size) == 0 ? failed : errno;
}

}  // namespace

std::optional<host_port> parse_host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  auto host = text.substr(0, colon);
  const auto digits = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    return std::nullopt;
  std::uint16_t port = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (host.empty() || port == 0 || failed != std::errc{} || end != digits.data() + digits.size())
    return std::nullopt;
  return host_port{std::string{host}, port};
}

std::string to_string(const host_port& where) {
  return where.host.find(':') == std::string::npos ? fmt::format("{}:{}", where.host, where.port)
                                                   : fmt::format("[{}]:{}", where.host, where.port);
}

unique_fd listen_at(const host_port& where, std::string_view whose, std::string_view setting) {
  const auto fail = [&](const std::string& why) {
    return millrace::error{
        fmt::format("cannot open {} port", whose), fmt::format("{}: {}", to_string(where), why),
        fmt::format("give {} an address of this machine and a port that is free", setting)};
  };
  std::string why;
  const auto addresses = resolve(where, AI_PASSIVE, why);
  if (!addresses)
    throw fail(why);
  auto fd = open_socket(*addresses);
  const int yes = 1;
  // Else a runtime that was killed keeps the port from its successor.
  if (!fd || ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 ||
      ::bind(fd.get(), addresses->ai_addr, addresses->ai_addrlen) != 0 ||
      ::listen(fd.get(), SOMAXCONN) != 0)
    throw fail(words_of(errno));
  return fd;
}

unique_fd connect_to(const host_port& where, std::chrono::milliseconds patience) {
  std::string why;
  const auto addresses = resolve(where, 0, why);
  for (const auto* at = addresses.get(); at != nullptr; at = at->ai_next) {
    auto fd = open_socket(*at);
    int failed = errno;
    if (fd) {
      failed = ::connect(fd.get(), at->ai_addr, at->ai_addrlen) == 0 ? 0 : errno;
      if (failed == EINPROGRESS)
        failed = finish_connecting(fd.get(), patience);
      if (failed == 0)
        return fd;
    }
    why = words_of(failed);
  }
  throw millrace::error{fmt::format("cannot connect to {}", to_string(where)), why,
                        "check that a runtime listens there (inspector.listen)"};
}

}  // namespace millrace::net
