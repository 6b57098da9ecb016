#include "net/listener.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace millrace::net {
namespace {

constexpr auto rest = std::chrono::milliseconds{100};

}  // namespace

unique_fd listener::accept(clock::time_point now) {
  unique_fd come{::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
  if (!come && errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
    rests_until_ = now + rest;
  return come;
}

}  // namespace millrace::net
