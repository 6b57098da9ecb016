#include "actors/store/writer.hpp"

#include "storage/db/error.hpp"
#include "storage/history/job_queries.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/store_fixture.hpp"
#include "tests/support/tcp_proxy.hpp"

#include <cstddef>

#ifdef __SANITIZE_ADDRESS__
// Debian's g++ comes without the header of it.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#else
#include <malloc.h>
#endif

namespace {

using namespace millrace;
using namespace std::chrono_literals;
using actors::duty;
using actors::look_around;
using actors::write_request;
using storage::testing::small_catalog;
using tests::tcp_proxy;

std::size_t allocated_bytes() {
#ifdef __SANITIZE_ADDRESS__
  return __sanitizer_get_current_allocated_bytes();
#else
  return mallinfo2().uordblks;
#endif
}

/// A writer whose way to the server may fail, and a look at the database past that way.
struct writer_fixture : storage::testing::store_fixture {
  tcp_proxy proxy{*tests::postgres_url()};
  tests::manual_clock time;
  actors::writer out{settings(), pipelines, time};

  actors::writer_settings settings() {
    actors::writer_settings made;
    made.database = database.settings();
    made.database.url = proxy.url();
    // Some of these wait for it, and none must run into it on a busy machine.
    made.database.statement_timeout = 2s;
    made.data_dir = database.folder();
    made.version = "test";
    made.lease = 15s;
    return made;
  }

  std::vector<pipeline::job> claimed(int count) {
    store.submitter.enqueue(std::vector<storage::new_job>(static_cast<std::size_t>(count)),
                            time.now());
    return out.write({.claim = count}).claimed.jobs;
  }

  static write_request advance(const std::vector<pipeline::job>& jobs) {
    write_request request;
    for (const auto& job : jobs)
      request.settlements.push_back({job, pipeline::advance{}, true});
    return request;
  }

  std::int64_t done_events() {
    return ask("select count(*) from events where type = 'stage_done'");
  }
};

TEST_CASE_METHOD(writer_fixture, "a commit whose answer was lost is found, and not written again") {
  out.open();
  const auto jobs = claimed(10);
  REQUIRE(jobs.size() == 10);
  const auto request = advance(jobs);
  proxy.cut_at_commit(tcp_proxy::commit_fate::reaches_server);
  CHECK_THROWS_AS(out.write(request), storage::commit_in_doubt);
  CHECK(proxy.commits_cut() == 1);
  const auto result = out.write(request);
  REQUIRE(result.settled.size() == 10);
  for (const auto& one : result.settled) {
    REQUIRE(one);
    CHECK(one->stage == 1);
  }
  CHECK(done_events() == 10);
  CHECK(find(jobs[0].id).epoch == result.settled[0]->epoch);
}

TEST_CASE_METHOD(writer_fixture, "a writer without an identity settles, and has no lease to lose") {
  out.open();
  const auto jobs = claimed(10);
  actors::writer beside{settings(), pipelines, time};
  beside.open_to_settle();
  time.advance(1h);
  const auto result = beside.write(advance(jobs));
  CHECK_FALSE(result.lease_lost);
  REQUIRE(result.settled.size() == 10);
  for (const auto& one : result.settled)
    CHECK(one);
  CHECK(done_events() == 10);
}

TEST_CASE_METHOD(writer_fixture, "a commit that never reached the server is written again") {
  out.open();
  const auto jobs = claimed(10);
  const auto request = advance(jobs);
  proxy.cut_at_commit(tcp_proxy::commit_fate::is_lost);
  CHECK_THROWS_AS(out.write(request), storage::commit_in_doubt);
  CHECK(done_events() == 0);
  for (const auto& one : out.write(request).settled)
    CHECK(one);
  CHECK(done_events() == 10);
}

TEST_CASE_METHOD(writer_fixture, "jobs whose claim was committed unseen are handed out") {
  out.open();
  store.submitter.enqueue(std::vector<storage::new_job>(5), time.now());
  proxy.cut_at_commit(tcp_proxy::commit_fate::reaches_server);
  CHECK_THROWS_AS(out.write({.claim = 10}), storage::commit_in_doubt);
  CHECK(out.write({.claim = 10}).claimed.jobs.size() == 5);
  CHECK(ask("select count(*) from jobs where state = 'working'") == 5);
}

TEST_CASE_METHOD(writer_fixture, "a connection that was cut is replaced by the next write") {
  out.open();
  const auto jobs = claimed(3);
  proxy.cut(true);
  CHECK(storage::testing::kind_thrown([&] { out.write(advance(jobs)); }) ==
        storage::error_kind::transient);
  CHECK(storage::testing::kind_thrown([&] { out.write(advance(jobs)); }) ==
        storage::error_kind::transient);
  proxy.mend();
  for (const auto& one : out.write(advance(jobs)).settled)
    CHECK(one);
  CHECK(done_events() == 3);
}

TEST_CASE_METHOD(writer_fixture, "a pooler whose server is away costs no memory") {
  const auto fails = [&] {
    CHECK(storage::testing::kind_thrown([&] { storage::connection{settings().database}; }) ==
          storage::error_kind::transient);
  };
  proxy.cut_queries();
  fails();
  const auto before = allocated_bytes();
  for (int i = 0; i < 50; ++i)
    fails();
  // A connection of libpq takes more than 16 KiB.
  CHECK(allocated_bytes() < before + 256 * 1024);
  proxy.mend();
  storage::connection{settings().database};
}

TEST_CASE_METHOD(writer_fixture, "a server that does not answer is given up, and found again") {
  out.open();
  const auto jobs = claimed(3);
  proxy.be_silent();
  try {
    out.write(advance(jobs));
    FAIL("nothing was thrown");
  } catch (const storage::error& e) {
    CHECK(e.kind() == storage::error_kind::transient);
    CHECK_THAT(e.why(), Catch::Contains("has not answered"));
  }
  proxy.mend();
  for (const auto& one : out.write(advance(jobs)).settled)
    CHECK(one);
  CHECK(done_events() == 3);
}

TEST_CASE_METHOD(writer_fixture, "a server that falls silent within a transaction is given up") {
  storage::connection far{settings().database};
  CHECK(storage::testing::kind_thrown([&] {
          const storage::transaction begun{far};
          proxy.be_silent();
          storage::list_runtimes(far);
        }) == storage::error_kind::transient);
  CHECK(far.is_broken());
  proxy.mend();
  CHECK(storage::list_runtimes(on).empty());
}

TEST_CASE_METHOD(writer_fixture, "a runtime whose lease ran out learns it with its next write") {
  out.open();
  claimed(2);
  storage::rescue_result rescued;
  auto theirs = settings();
  theirs.rescued = [&](const auto& some) { rescued = some; };
  actors::writer other{theirs, pipelines, time};
  other.open();
  for (int i = 0; i < 16 && rescued.rescued == 0; ++i) {
    time.advance(1s);
    other.write({.duties = look_around.with(duty::lease)});
  }
  CHECK(rescued.rescued == 2);
  CHECK(rescued.poisoned.empty());
  store.submitter.enqueue(std::vector<storage::new_job>(2), time.now());
  const auto result = out.write({.claim = 10});
  CHECK(result.lease_lost);
  CHECK(result.claimed.jobs.empty());
}

TEST_CASE_METHOD(writer_fixture,
                 "a runtime that stood still and was not rescued goes on as it was") {
  out.open();
  claimed(2);
  time.advance(16s);
  const auto result = out.write({.claim = 10});
  CHECK_FALSE(result.lease_lost);
}

TEST_CASE_METHOD(writer_fixture, "a runtime sees that the database has lost commits") {
  out.open();
  claimed(2);
  out.write({.duties = {duty::lease}});
  SECTION("its row is of an earlier time") { on.session() << "update runtimes set beat = 0"; }
  SECTION("its row is not there") { on.session() << "delete from runtimes"; }
  const auto result = out.write({.claim = 10, .duties = {duty::lease}});
  CHECK(result.commits_lost);
  CHECK(result.lease_lost);
  CHECK(result.claimed.jobs.empty());
}

TEST_CASE_METHOD(writer_fixture,
                 "a runtime rescues those whose lease ran out, and not the living") {
  out.open();
  claimed(4);
  actors::writer other{settings(), pipelines, time};
  other.open();
  const auto watch = [&](int seconds) {
    for (int i = 0; i < seconds; ++i) {
      time.advance(1s);
      other.write({.duties = look_around.with(duty::lease)});
    }
  };
  for (int i = 0; i < 4; ++i) {
    watch(10);
    out.write({.duties = {duty::lease}});
  }
  CHECK(ask("select count(*) from jobs where state = 'working'") == 4);
  watch(16);
  CHECK(ask("select count(*) from jobs where state = 'queued' and crashes = 0") == 4);
  CHECK(other.write({.claim = 10}).claimed.jobs.size() == 4);
}

TEST_CASE_METHOD(writer_fixture,
                 "a predecessor's jobs are rescued at once, and what it had in hand "
                 "is charged") {
  storage::runtime_key identity;
  auto first = settings();
  first.became = [&](const storage::runtime_key& key) { identity = key; };
  actors::writer predecessor{first, pipelines, time};
  predecessor.open();
  store.submitter.enqueue(std::vector<storage::new_job>(3), time.now());
  const auto jobs = predecessor.write({.claim = 3}).claimed.jobs;
  auto second = settings();
  second.predecessor = identity;
  second.running = std::vector{jobs[1].id};
  actors::writer{second, pipelines, time}.open();
  CHECK(find(jobs[0].id).crashes == 0);
  CHECK(find(jobs[1].id).crashes == 1);
  CHECK(ask("select count(*) from jobs where state = 'queued'") == 3);
}

TEST_CASE_METHOD(writer_fixture,
                 "a predecessor in another database does not count here, whatever its number") {
  storage::runtime_key living;
  auto first = settings();
  first.became = [&](const storage::runtime_key& key) { living = key; };
  actors::writer neighbour{first, pipelines, time};
  neighbour.open();
  store.submitter.enqueue(std::vector<storage::new_job>(3), time.now());
  const auto jobs = neighbour.write({.claim = 3}).claimed.jobs;
  auto second = settings();
  second.predecessor = {living.id, living.started_at - 1h};
  second.running = std::vector{jobs[1].id};
  actors::writer{second, pipelines, time}.open();
  CHECK(ask("select count(*) from jobs where state = 'working' and crashes = 0") == 3);
  CHECK_FALSE(neighbour.write({.duties = {duty::lease}}).lease_lost);
}

}  // namespace
