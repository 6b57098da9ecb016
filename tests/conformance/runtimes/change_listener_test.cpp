#include "storage/notify/change_listener.hpp"

#include "storage/runtimes/runtime_store.hpp"
#include "tests/support/heard_news.hpp"
#include "tests/support/store_fixture.hpp"

namespace millrace::storage::testing {
namespace {

using tests::heard_news;
using kind = news::kind;

TEST_CASE_METHOD(store_fixture, "a listener tells at once that it listens, and of every new job") {
  heard_news heard{listen_for_changes(database.settings(), 60s)};
  REQUIRE(heard.next(kind::changed));
  for (int i = 0; i < 3; ++i) {
    add();
    CHECK(heard.next(kind::changed));
  }
}

TEST_CASE_METHOD(store_fixture, "a listener tells of every job that is sent on") {
  std::vector<job_id> dead;
  for (int i = 0; i < 3; ++i) {
    const auto job = working();
    settle(job, pipeline::reject{"BAD", "bad"});
    dead.push_back(job.id);
  }
  const auto waiting = working();
  settle(waiting, pipeline::retry{"AWAY", "away", 1h});
  heard_news heard{listen_for_changes(database.settings(), 60s)};
  REQUIRE(heard.next(kind::changed));
  store.control.retry(waiting.id, "ann", now);
  CHECK(heard.next(kind::changed));
  store.control.retry(dead[0], "ann", now);
  CHECK(heard.next(kind::changed));
  store.control.replay(dead[1], "one", "ann", now);
  CHECK(heard.next(kind::changed));
  CHECK(store.bulk.replay_ended(list_ended(on, {}).jobs, "", "ann", now).replayed == 1);
  CHECK(heard.next(kind::changed));
}

TEST_CASE_METHOD(store_fixture, "a listener that waits ends at once when it is told to") {
  heard_news heard{listen_for_changes(database.settings(), 60s)};
  REQUIRE(heard.next(kind::changed));
  CHECK(heard.stop() < 5s);
  CHECK(heard.next(kind::stopped));
}

TEST_CASE_METHOD(store_fixture, "a heartbeat is no news") {
  heard_news heard{listen_for_changes(database.settings(), 60s)};
  REQUIRE(heard.next(kind::changed));
  notify_heartbeat(on);
  CHECK_FALSE(heard.next(kind::changed, 50ms));
}

}  // namespace
}  // namespace millrace::storage::testing
