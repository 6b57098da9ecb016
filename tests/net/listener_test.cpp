#include "net/listener.hpp"

#include "base/os/poll_timeout.hpp"
#include "net/host_port.hpp"
#include "tests/support/loopback.hpp"

#include <sys/resource.h>

#include <utility>

using namespace millrace;
using namespace std::chrono_literals;
using net::listener;

TEST_CASE("a listener hands out the connections that have come, and then none") {
  const auto port = tests::free_port();
  listener door{net::listen_at({"127.0.0.1", port})};
  const auto now = listener::clock::now();
  CHECK_FALSE(door.accept(now));
  const auto first = tests::dial(port);
  const auto second = tests::dial(port);
  CHECK(door.accept(now));
  CHECK(door.accept(now));
  CHECK_FALSE(door.accept(now));
  CHECK(door.fd(now) == door.socket());
  CHECK(door.due(now) == listener::clock::time_point::max());
}

TEST_CASE("a listener rests while the process has no file descriptor left") {
  const auto port = tests::free_port();
  listener door{net::listen_at({"127.0.0.1", port})};
  const auto outside = tests::dial(port);
  const auto now = listener::clock::now();
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
  REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
  const auto refused = door.accept(now);
  REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK_FALSE(refused);
  CHECK(door.fd(now) == -1);
  CHECK(door.due(now) > now);
  const auto later = door.due(now);
  CHECK(door.fd(later) == door.socket());
  CHECK(door.accept(later));
}

TEST_CASE("poll waits to the end of the millisecond, for ever, or not at all") {
  const auto now = listener::clock::now();
  CHECK(poll_timeout(now + 1500us, now) == 2);
  CHECK(poll_timeout(listener::clock::time_point::max(), now) == -1);
  CHECK(poll_timeout(now, now) == 0);
  CHECK(poll_timeout(now - 5s, now) == 0);
}
