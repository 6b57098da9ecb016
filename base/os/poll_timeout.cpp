#include "base/os/poll_timeout.hpp"

#include <algorithm>
#include <cstdint>

namespace millrace {

int poll_timeout(std::chrono::steady_clock::time_point due,
                 std::chrono::steady_clock::time_point now) {
  using std::chrono::milliseconds;
  if (due == std::chrono::steady_clock::time_point::max())
    return -1;
  if (due <= now)
    return 0;
  constexpr milliseconds longest = std::chrono::hours{24};
  return static_cast<int>(std::min(std::chrono::ceil<milliseconds>(due - now), longest).count());
}

}  // namespace millrace
