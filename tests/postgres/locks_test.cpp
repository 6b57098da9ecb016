#include "actors/store/writer.hpp"
#include "storage/db/blockers.hpp"
#include "storage/db/postgres.hpp"
#include "storage/db/session_limits.hpp"
#include "storage/runtimes/runtime_store.hpp"
#include "tests/postgres/stranger.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/store_fixture.hpp"
#include "tests/support/wait_until.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

// Another session holds locks: what needs them waits, and the rest goes on.
namespace {

using namespace millrace;
using namespace std::chrono_literals;
using actors::duty;
using actors::look_around;
using actors::write_request;
using actors::write_result;
using tests::stranger;

/// A writer with a short lease, and a stage with a limit where that is asked for.
struct locks_fixture : storage::testing::store_fixture {
  tests::manual_clock time;
  std::optional<actors::writer> out;

  locks_fixture() { make(); }

  actors::writer_settings settings() {
    actors::writer_settings made;
    made.database = database.settings();
    made.data_dir = database.folder();
    made.version = "test";
    made.lease = 3s;
    return made;
  }

  void make(const pipeline::limits& of_first_stage = {}) {
    auto all = storage::testing::small_catalog().pipelines();
    all.front().stages.front().limit = of_first_stage;
    pipelines = pipeline::catalog{all};
    out.emplace(settings(), pipelines, time);
    out->open();
  }

  std::vector<pipeline::job> claimed(int count) {
    store.submitter.enqueue(std::vector<storage::new_job>(static_cast<std::size_t>(count)),
                            time.now());
    return out->write({.claim = count}).claimed.jobs;
  }

  static write_request advance(const std::vector<pipeline::job>& jobs) {
    write_request request;
    for (const auto& job : jobs)
      request.settlements.push_back(
          {job, pipeline::advance{{pipeline::effects::write_output{"{\"n\":1}"}}}, true});
    return request;
  }

  static write_request again(const write_request& before, const write_result& result) {
    write_request request;
    for (const auto position : result.held) {
      request.settlements.push_back(before.settlements[position]);
      request.settlements.back().was_held = true;
    }
    return request;
  }

  static std::int64_t written(const write_result& result) {
    return std::count_if(result.settled.begin(), result.settled.end(),
                         [](const auto& one) { return one.has_value(); });
  }

  storage::database_settings patient() {
    auto made = database.settings();
    made.lease = 10min;
    return made;
  }
};

TEST_CASE_METHOD(locks_fixture, "jobs that another session holds do not hold up the others") {
  const auto jobs = claimed(10);
  std::optional<stranger> other{std::in_place, patient(),
                                "select 1 from jobs order by job_id limit 4 for update;\n"};
  const auto request = advance(jobs);
  const auto first = out->write(request);
  CHECK(first.held == std::vector<std::size_t>{0, 1, 2, 3});
  CHECK(written(first) == 6);
  CHECK_THAT(first.held_by, Catch::Contains(fmt::format("backend {} (", other->backend())) &&
                                Catch::Contains("idle in transaction"));
  const auto still = out->write(again(request, first));
  CHECK(still.held.size() == 4);
  other.reset();
  const auto last = out->write(again(request, first));
  CHECK(last.held.empty());
  CHECK(last.held_by.empty());
  CHECK(written(last) == 4);
  CHECK(ask("select count(*) from events where type = 'stage_done'") == 10);
}

TEST_CASE_METHOD(locks_fixture, "jobs whose details another session holds do not, either") {
  const auto jobs = claimed(6);
  ask("with made as (insert into job_details (job_id, at) select job_id, 1 from jobs returning 1)"
      " select count(*) from made");
  stranger other{patient(), "select 1 from job_details order by job_id limit 2 for update;\n"};
  const auto result = out->write(advance(jobs));
  CHECK(result.held == std::vector<std::size_t>{0, 1});
  CHECK(written(result) == 4);
}

TEST_CASE_METHOD(locks_fixture,
                 "jobs whose effects wait for another session are found one by one") {
  const auto jobs = claimed(6);
  // It makes the details of the third, and has not committed.
  stranger other{patient(),
                 fmt::format("insert into job_details (job_id, at) values ({}, 1);\n", jobs[2].id)};
  const auto result = out->write(advance(jobs));
  CHECK(result.held == std::vector<std::size_t>{2});
  CHECK(written(result) == 5);
}

TEST_CASE_METHOD(locks_fixture, "a limit that another session holds stops its own stage only") {
  make({.concurrency = 5});
  store.submitter.enqueue(std::vector<storage::new_job>(2), time.now());
  REQUIRE(out->write({.claim = 2}).claimed.jobs.size() == 2);
  std::optional<stranger> other{std::in_place, patient(), "select 1 from limiters for update;\n"};
  store.submitter.enqueue(std::vector<storage::new_job>(2), time.now());
  store.submitter.enqueue(std::vector<storage::new_job>(3, {.pipeline = 1}), time.now());
  const auto first = out->write({.claim = 10});
  CHECK(first.claimed.jobs.size() == 3);
  CHECK(first.held_off == "limits");
  CHECK_FALSE(first.held_by.empty());
  other.reset();
  const auto second = out->write({.claim = 10});
  CHECK(second.claimed.jobs.size() == 2);
  CHECK(second.held_off.empty());
}

TEST_CASE_METHOD(locks_fixture, "a limit that another session makes is not waited for") {
  make({.concurrency = 5});
  stranger other{patient(),
                 "select pg_advisory_xact_lock(1296847429,"
                 " hashtext(current_schema() || '.' || 'stage:trio.one'));\n"};
  store.submitter.enqueue(std::vector<storage::new_job>(2), time.now());
  store.submitter.enqueue(std::vector<storage::new_job>(3, {.pipeline = 1}), time.now());
  CHECK(out->write({.claim = 10}).claimed.jobs.size() == 3);
}

TEST_CASE_METHOD(locks_fixture, "the lease is renewed while all the jobs are locked") {
  const auto jobs = claimed(3);
  std::optional<stranger> other{std::in_place, patient(), "lock table jobs in exclusive mode;\n"};
  auto request = advance(jobs);
  request.claim = 10;
  request.duties = {duty::lease};
  for (int i = 0; i < 4; ++i) {
    time.advance(1s);
    const auto result = out->write(request);
    CHECK(result.held.size() == 3);
    CHECK_FALSE(result.lease_lost);
  }
  other.reset();
  time.advance(1s);
  CHECK(written(out->write(request)) == 3);
}

TEST_CASE_METHOD(locks_fixture, "a dead runtime's jobs that its session holds are rescued later") {
  const auto jobs = claimed(4);
  storage::runtime_id dead = ask("select max(runtime_id) from runtimes");
  on.session() << fmt::format(
      "insert into in_hand (runtime_id, slot, jobs) values ({}, 0, '[[{},1]]')", dead, jobs[0].id);
  std::optional<stranger> other{
      std::in_place, patient(),
      fmt::format("select 1 from jobs where job_id = {} for update;\n", jobs[0].id)};
  time.advance(4s);
  make();
  for (int i = 0; i < 4; ++i) {
    time.advance(1s);
    out->write({.duties = look_around.with(duty::lease)});
  }
  CHECK(ask("select count(*) from jobs where state = 'queued'") == 3);
  CHECK(ask("select count(*) from in_hand") == 1);
  other.reset();
  out->write({.duties = look_around});
  CHECK(find(jobs[0].id).state == storage::testing::job_state::queued);
  CHECK(ask("select count(*) from in_hand") == 0);
}

TEST_CASE_METHOD(locks_fixture, "a session that stops within a transaction loses its locks") {
  const auto jobs = claimed(3);
  auto of_a_fleet = database.settings();
  of_a_fleet.lease = 1s;
  stranger stopped{of_a_fleet, "select 1 from jobs for update;\n"};
  auto request = advance(jobs);
  request.settlements.front().was_held = true;
  tests::wait_until([&] {
    auto result = out->write(request);
    request = again(request, result);
    return request.settlements.empty();
  });
  CHECK(ask("select count(*) from events where type = 'stage_done'") == 3);
}

TEST_CASE_METHOD(locks_fixture,
                 "what a session may hold up others for stays well below the lease") {
  auto settings = database.settings();
  settings.lease = 15s;
  settings.serves_lease = true;
  storage::connection writing{settings};
  const auto shown = [&](const char* name) {
    std::string value;
    writing.session() << fmt::format("show {}", name), soci::into(value);
    return value;
  };
  CHECK(shown("idle_in_transaction_session_timeout") == "5s");
  CHECK(shown("lock_timeout") == "1875ms");
  CHECK(shown("statement_timeout") == "7500ms");
  CHECK(shown("tcp_user_timeout") == "9000");
  CHECK(shown("tcp_keepalives_idle") == "3");
  CHECK(shown("tcp_keepalives_count") == "2");
  CHECK_THAT(storage::postgres::begin_sql(settings, true),
             Catch::Contains("set local idle_in_transaction_session_timeout = 5000") &&
                 Catch::Contains("set local lock_timeout = 1875") &&
                 Catch::Contains("set local statement_timeout = 7500"));
  settings.serves_lease = false;
  const auto of_others = storage::limits_of(settings);
  CHECK(of_others.statement == settings.statement_timeout);
  CHECK(of_others.lock_wait == 5s);
}

}  // namespace
