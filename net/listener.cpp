#include "net/listener.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

namespace millrace::actors {
namespace {

constexpr auto rest = std::chrono::milliseconds{100};

}  // namespace

storage::unique_fd listener::accept(clock::time_point now) {
  storage::unique_fd come{::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
  if (!come && errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
    rests_until_ = now + rest;
  return come;
}

int poll_timeout(listener::clock::time_point due, listener::clock::time_point now) {
  if (due == listener::clock::time_point::max())
    return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - now).count();
  return static_cast<int>(std::max<std::int64_t>(left, 0));
}

}  // namespace millrace::actors
