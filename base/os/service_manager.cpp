#include "base/os/service_manager.hpp"

#include "base/os/unique_fd.hpp"
#include "base/whole_number.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace millrace {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// A watchdog may be meant for another process of the service.
std::optional<std::chrono::microseconds> read_watchdog() {
  const auto pid = variable("WATCHDOG_PID");
  if (!pid.empty() && parse_whole_number(pid) != getpid())
    return std::nullopt;
  const auto interval = parse_whole_number(variable("WATCHDOG_USEC"));
  if (!interval || *interval <= 0)
    return std::nullopt;
  return std::chrono::microseconds{*interval};
}

}  // namespace

service_manager::service_manager() : socket_{variable("NOTIFY_SOCKET")} {
  const bool is_known = socket_.starts_with('/') || socket_.starts_with('@');
  if (!is_known || socket_.size() >= sizeof(sockaddr_un::sun_path))
    socket_.clear();
  if (!socket_.empty())
    watchdog_ = read_watchdog();
}

bool service_manager::tell(std::string_view lines) const {
  if (socket_.empty())
    return false;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, socket_.data(), socket_.size());
  if (socket_.starts_with('@'))
    to.sun_path[0] = '\0';
  const unique_fd out{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  return out && ::sendto(out.get(), lines.data(), lines.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                         reinterpret_cast<const sockaddr*>(&to),
                         size) == static_cast<ssize_t>(lines.size());
}

std::string reloading_lines(std::chrono::steady_clock::time_point now) {
  // std::chrono::steady_clock is CLOCK_MONOTONIC.
  return fmt::format(
      "RELOADING=1\nMONOTONIC_USEC={}",
      std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count());
}

}  // namespace millrace
