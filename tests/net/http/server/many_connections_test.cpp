#include "net/http/server/server.hpp"
#include "tests/support/http/http_peer.hpp"
#include "tests/support/http/told_handler.hpp"
#include "tests/support/wait_until.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <fstream>
#include <string>
#include <vector>

using namespace millrace;
using namespace millrace::net;
using namespace millrace::tests;

namespace {

/// Raises the soft limit on descriptors while it lives, as far as it may.
class many_descriptors {
 public:
  explicit many_descriptors(rlim_t wanted) {
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const rlimit now{.rlim_cur = std::min(std::max(wanted, before_.rlim_cur), before_.rlim_max),
                     .rlim_max = before_.rlim_max};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &now) == 0);
    limit_ = now.rlim_cur;
  }
  ~many_descriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
  many_descriptors(const many_descriptors&) = delete;
  many_descriptors& operator=(const many_descriptors&) = delete;

  rlim_t limit() const { return limit_; }

 private:
  rlimit before_{};
  rlim_t limit_ = 0;
};

/// What the process has in memory, in bytes.
std::size_t resident_size() {
  std::ifstream from{"/proc/self/statm"};
  std::size_t all = 0;
  std::size_t resident = 0;
  from >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

/// One that no descriptor has, and none below it.
int next_descriptor() {
  const unique_fd probe{::dup(0)};
  REQUIRE(probe);
  return probe.get();
}

TEST_CASE("two thousand silent connections take little, and hold up no other") {
  constexpr std::size_t number = 2'000;
  const many_descriptors raised{2 * number + 200};
  if (raised.limit() < 2 * number + 200) {
    WARN("skipped: this process may not have so many descriptors");
    return;
  }
  told_server with;
  http_peer client{with.port()};
  client.say(get);
  CHECK(client.hear().status == 200);
  const auto before = resident_size();
  std::vector<http_peer> silent;
  for (std::size_t i = 0; i < number; ++i) {
    silent.emplace_back(with.port());
    // Those that asked once wait as the others do, without a buffer.
    if (i % 2 == 0)
      silent.back().say(post(std::string(5'000, 'x')));
  }
  for (std::size_t i = 0; i < number; i += 2)
    CHECK(silent[i].hear().status == 200);
  wait_until([&] { return with.server->connections() == number + 1; });
  for (int i = 0; i < 100; ++i) {
    client.say(get);
    CHECK(client.hear().status == 200);
  }
  // The clients of the test are in the same process.
  const auto each = (resident_size() - std::min(before, resident_size())) / number;
  CAPTURE(each);
#ifndef __SANITIZE_ADDRESS__
  CHECK(each < 8'000);
#endif
  CHECK(with.server->connections() == number + 1);
}

TEST_CASE("a server without descriptors goes on: who waits longest makes room") {
  // boostorg/beast#3010: it accepted nothing any more.
  told_server with;
  std::vector<http_peer> silent;
  for (int i = 0; i < 5; ++i) {
    silent.emplace_back(with.port());
    wait_until([&] { return with.server->connections() == static_cast<std::size_t>(i) + 1; });
  }
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  // Room for the client's own side only.
  const rlimit low{.rlim_cur = static_cast<rlim_t>(next_descriptor()) + 1,
                   .rlim_max = before.rlim_max};
  REQUIRE(setrlimit(RLIMIT_NOFILE, &low) == 0);
  http_peer client{with.port()};
  client.say(get);
  const bool answered = client.hears_within(std::chrono::minutes{1});
  REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
  REQUIRE(answered);
  CHECK(client.hear().status == 200);
  CHECK(silent[0].is_closed());
}

}  // namespace
