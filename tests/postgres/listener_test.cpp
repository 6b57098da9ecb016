#include "storage/notify/change_listener.hpp"
#include "storage/runtimes/runtime_store.hpp"
#include "tests/support/heard_news.hpp"
#include "tests/support/store_fixture.hpp"
#include "tests/support/tcp_proxy.hpp"

#include <fmt/format.h>

// Listening to a server that may fail, and behind what keeps notifications to itself.
namespace {

using namespace millrace;
using namespace std::chrono_literals;
using kind = storage::news::kind;
using tests::heard_news;

struct listener_fixture : storage::testing::store_fixture {
  tests::tcp_proxy proxy{*tests::postgres_url()};

  std::unique_ptr<storage::change_listener> listener(std::chrono::milliseconds heartbeat = 60s) {
    auto settings = database.settings();
    settings.url = proxy.url();
    return storage::listen_for_changes(settings, heartbeat);
  }

  /// The listener's backend, and no other.
  std::int64_t terminate() {
    return ask(
        fmt::format("select count(pg_terminate_backend(pid)) from pg_stat_activity"
                    " where query = 'listen \"millrace.{}\"'",
                    database.settings().schema));
  }
};

TEST_CASE_METHOD(listener_fixture, "a listener whose backend is terminated listens again") {
  heard_news heard{listener()};
  REQUIRE(heard.next(kind::changed));
  for (int i = 0; i < 2; ++i) {
    REQUIRE(terminate() == 1);
    // It may have missed something.
    REQUIRE(heard.next(kind::changed));
    add();
    CHECK(heard.next(kind::changed));
  }
}

TEST_CASE_METHOD(listener_fixture, "a listener waits for a server that refuses connections") {
  proxy.cut(true);
  heard_news heard{listener(100ms)};
  CHECK(heard.next(kind::nothing_heard));
  proxy.mend();
  REQUIRE(heard.next(kind::changed));
  add();
  CHECK(heard.next(kind::heard_again));
  CHECK(heard.next(kind::changed));
}

TEST_CASE_METHOD(listener_fixture, "a listener that hears nothing for three heartbeats says so") {
  heard_news heard{listener(100ms)};
  REQUIRE(heard.next(kind::nothing_heard));
  // Another runtime's will do.
  while (!heard.next(kind::heard_again, 10ms))
    storage::notify_heartbeat(on);
}

TEST_CASE_METHOD(listener_fixture, "a network that has gone silent is found out, and given up") {
  heard_news heard{listener(100ms)};
  REQUIRE(heard.next(kind::changed));
  proxy.be_silent();
  REQUIRE(heard.next(kind::nothing_heard));
  proxy.mend();
  while (!heard.next(kind::heard_again, 10ms))
    storage::notify_heartbeat(on);
}

TEST_CASE_METHOD(listener_fixture, "the end of a listener does not wait for a silent network") {
  heard_news heard{listener()};
  REQUIRE(heard.next(kind::changed));
  proxy.be_silent();
  CHECK(heard.stop() < 4s);
}

TEST_CASE_METHOD(listener_fixture, "jobs of another schema are not heard of") {
  const tests::test_database other;
  storage::connection there{other.settings()};
  storage::migrate(there, now);
  heard_news heard{listener()};
  REQUIRE(heard.next(kind::changed));
  storage::job_store{there, pipelines}.submitter.enqueue(std::vector<storage::new_job>(1), now);
  CHECK_FALSE(heard.next(kind::changed, 50ms));
}

}  // namespace
