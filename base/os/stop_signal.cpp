#include "base/os/stop_signal.hpp"

#include "base/check.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

namespace millrace {
namespace {

using namespace std::chrono_literals;

timespec until_then(stop_signal::time_point then) {
  // An hour stands for "for ever", which does not fit.
  const auto left = std::clamp<std::chrono::nanoseconds>(then - std::chrono::steady_clock::now(),
                                                         std::chrono::nanoseconds{0}, 1h);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
  return {seconds.count(), (left - seconds).count()};
}

}  // namespace

stop_signal::stop_signal() : given_(make_eventfd()) {}

void stop_signal::give() {
  const std::uint64_t one = 1;
  // An eventfd takes this write unless the stop was given 2^64 times.
  MILLRACE_CHECK(::write(given_.get(), &one, sizeof(one)) == sizeof(one));
}

bool stop_signal::is_given() const {
  pollfd given{given_.get(), POLLIN, 0};
  return ::poll(&given, 1, 0) > 0;
}

bool stop_signal::wait_for(int fd, short events, time_point until) const {
  for (;;) {
    std::array<pollfd, 2> waited{{{fd, events, 0}, {given_.get(), POLLIN, 0}}};
    const auto left = until_then(until);
    const int ready = ::ppoll(waited.data(), waited.size(), &left, nullptr);
    if (ready > 0)
      return waited[1].revents == 0;
    if (ready == 0 && std::chrono::steady_clock::now() >= until)
      return false;
    MILLRACE_CHECK(ready == 0 || errno == EINTR || errno == EAGAIN || errno == ENOMEM);
  }
}

}  // namespace millrace
