#include "benchmarks/http/http_caller.hpp"

#include "net/host_port.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <stdexcept>

namespace millrace::benchmarks {
namespace {

void wait_for(int fd, short event) {
  pollfd watched{fd, event, 0};
  if (::poll(&watched, 1, 60'000) != 1)
    throw std::runtime_error{"the server does not answer"};
}

/// Of "Content-Length: 17" in the head, in lower case or not.
std::size_t length_in(std::string_view head) {
  const auto at = head.find("ontent-Length: ");
  return at == std::string_view::npos ? 0 : std::stoul(std::string{head.substr(at + 15, 20)});
}

}  // namespace

http_caller::http_caller(std::uint16_t port)
    : fd_(net::connect_to({"127.0.0.1", port}, std::chrono::seconds{30})) {}

void http_caller::send(std::string_view text) const {
  while (!text.empty()) {
    const auto sent = ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent > 0)
      text.remove_prefix(static_cast<std::size_t>(sent));
    else
      wait_for(fd_.get(), POLLOUT);
  }
}

void http_caller::receive() {
  std::array<char, 65'536> piece{};
  wait_for(fd_.get(), POLLIN);
  const auto got = ::recv(fd_.get(), piece.data(), piece.size(), 0);
  if (got == 0)
    throw std::runtime_error{"the server closed the connection"};
  if (got > 0)
    heard_.append(piece.data(), static_cast<std::size_t>(got));
}

std::string http_caller::call(std::string_view request, int status) {
  send(request);
  std::size_t end = 0;
  while ((end = heard_.find("\r\n\r\n")) == std::string::npos)
    receive();
  const auto head = heard_.substr(0, end);
  heard_.erase(0, end + 4);
  const auto length = length_in(head);
  while (heard_.size() < length)
    receive();
  auto body = heard_.substr(0, length);
  heard_.erase(0, length);
  if (!head.starts_with(fmt::format("HTTP/1.1 {}", status)))
    throw std::runtime_error{fmt::format("{}: {}", head.substr(0, head.find('\r')), body)};
  return body;
}

std::string http_request(std::string_view method, std::string_view target, std::string_view type,
                         std::string_view body) {
  auto text = fmt::format("{} {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer bench\r\n",
                          method, target);
  if (!type.empty())
    text += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n", type, body.size());
  text += "\r\n";
  text += body;
  return text;
}

}  // namespace millrace::benchmarks
