#include "storage/horizon.hpp"

#include "tests/postgres/role_fixture.hpp"
#include "tests/postgres/stranger.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <thread>

namespace {

using namespace millrace;
using namespace millrace::tests;
using namespace std::chrono_literals;
using Catch::Contains;

/// What is told when it names that backend, or, after a while, last. Other tests use the server,
/// too, and have old transactions of their own, for moments.
std::string told_of(storage::horizon_watch& by, storage::connection& on, std::int64_t backend,
                    pipeline::duration monotonic) {
  const auto name = fmt::format("backend {} ", backend);
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  for (;;) {
    auto text = by.look(on, monotonic);
    if (text.find(name) != std::string::npos || std::chrono::steady_clock::now() > deadline)
      return text;
    std::this_thread::sleep_for(10ms);
  }
}

const char* const hold = "select txid_current();\n";

TEST_CASE_METHOD(storage::testing::store_fixture,
                 "a session whose transaction stays open is named, with what to do") {
  storage::horizon_watch watch{database.settings(), 1us};
  storage::horizon_watch patient{database.settings(), 24h};
  storage::horizon_watch never{database.settings(), 0s};
  std::int64_t backend = 0;
  {
    stranger other{database.settings(), hold};
    backend = other.backend();
    const auto text = told_of(watch, on, backend, 0s);
    CHECK_THAT(text, Contains(fmt::format("select pg_terminate_backend({})", backend)));
    CHECK_THAT(text, Contains("idle in transaction"));
    CHECK(patient.look(on, 0s).empty());
    CHECK(never.look(on, 48h).empty());
  }
  CHECK_THAT(watch.look(on, 1s), !Contains(fmt::format("backend {} ", backend)));
}

TEST_CASE_METHOD(role_fixture,
                 "of a session of which this role sees little it is told how long it was seen") {
  grant("usage on schema " + schema());
  storage::connection plain{settings()};
  storage::horizon_watch watch{settings(), 10min};
  stranger other{database.settings(), hold};
  const auto backend = other.backend();
  storage::horizon_watch eager{settings(), 1us};
  told_of(eager, plain, backend, 0s);
  // Until no other test's transaction is the oldest one.
  auto monotonic = 0s;
  std::string text;
  for (int n = 0; n < 100 && text.find(std::to_string(backend)) == std::string::npos; ++n) {
    text = watch.look(plain, monotonic);
    monotonic += 11min;
  }
  CHECK_THAT(text, Contains(fmt::format("backend {} (", backend)) && Contains("11m"));
}

}  // namespace
