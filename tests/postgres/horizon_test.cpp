#include "storage/db/horizon.hpp"

#include "tests/postgres/role_fixture.hpp"
#include "tests/postgres/stranger.hpp"
#include "tests/support/wait_until.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string>

// Other tests use the server, too, and have old transactions of their own, for moments.
namespace {

using namespace millrace;
using namespace millrace::tests;
using namespace std::chrono_literals;
using Catch::Contains;

const char* const hold = "select txid_current();\n";

std::string name_of(std::int64_t backend) { return fmt::format("backend {} ", backend); }

TEST_CASE_METHOD(storage::testing::store_fixture,
                 "a session whose transaction stays open is named, with what to do") {
  storage::horizon_watch watch{database.settings(), 1us};
  storage::horizon_watch patient{database.settings(), 24h};
  storage::horizon_watch never{database.settings(), 0s};
  const auto time = system_clock{}.now() + 1h;
  std::int64_t backend = 0;
  {
    stranger other{database.settings(), hold};
    backend = other.backend();
    std::string text;
    wait_until([&] {
      text = watch.look(on, time, 0s);
      return text.find(name_of(backend)) != std::string::npos;
    });
    CHECK_THAT(text, Contains(fmt::format("select pg_terminate_backend({})", backend)) &&
                         Contains("idle in transaction") && Contains("has been open for 59m"));
    CHECK(watch.age() > 59min);
    CHECK(patient.look(on, time, 0s).empty());
    CHECK(patient.age() > 59min);
    CHECK(never.look(on, time + 48h, 48h).empty());
    CHECK_FALSE(never.age());
  }
  CHECK_THAT(watch.look(on, time, 1s), !Contains(name_of(backend)));
}

TEST_CASE_METHOD(role_fixture,
                 "of a session of which this role sees little it is told how long it was seen") {
  grant("usage on schema " + schema());
  storage::connection plain{settings()};
  storage::horizon_watch watch{settings(), 10min};
  stranger other{database.settings(), hold};
  const auto backend = other.backend();
  const auto time = system_clock{}.now();
  duration monotonic{};
  std::string text;
  wait_until([&] {
    text = watch.look(plain, time, monotonic += 11min);
    return text.find(name_of(backend)) != std::string::npos;
  });
  CHECK_THAT(text, Contains("has been open for 11m") || Contains("has been open for 22m"));
}

}  // namespace
