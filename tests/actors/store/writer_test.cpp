#include "actors/store/writer.hpp"

#include "storage/db/migrate.hpp"
#include "storage/history/job_queries.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <sys/resource.h>

#include <csignal>
#include <vector>

namespace {

using namespace millrace;
using namespace std::chrono_literals;
using actors::duty;
using actors::look_around;
using actors::write_request;

/// A writer, and another connection to the same SQLite database.
struct writer_fixture {
  tests::temp_dir dir;
  tests::manual_clock time;
  storage::database_settings database{"sqlite:" + (dir.path() / "test.db").string(), 1ms};
  pipeline::catalog pipelines{{{"p", {{.name = "a", .handler = "noop"}}}}};
  storage::connection other{database};
  int migrated = storage::migrate(other, time.now());
  storage::job_store jobs{other, pipelines};
  actors::writer out{settings(), pipelines, time};

  writer_fixture() { out.open(); }

  actors::writer_settings settings() const {
    actors::writer_settings made;
    made.database = database;
    made.data_dir = dir.path();
    made.version = "test";
    made.lease = 15s;
    return made;
  }

  void submit(int count) {
    jobs.submitter.enqueue(std::vector<storage::new_job>(static_cast<std::size_t>(count)),
                           time.now());
  }

  /// A claim by timer, and one that was woken.
  actors::write_result claim() { return out.write({.claim = 10}); }
  actors::write_result look() { return out.write({.claim = 10, .claim_only_if_changed = true}); }
};

TEST_CASE_METHOD(writer_fixture, "a look claims what another connection has committed, once") {
  claim();
  submit(3);
  const auto result = look();
  CHECK_FALSE(result.unchanged);
  CHECK(result.claimed.jobs.size() == 3);
  CHECK(look().unchanged);
}

TEST_CASE_METHOD(writer_fixture, "the writer's own commits are no change") {
  submit(3);
  const auto jobs_in_hand = claim().claimed.jobs;
  write_request request;
  for (const auto& job : jobs_in_hand)
    request.settlements.push_back({job, pipeline::release{}, false});
  out.write(request);
  CHECK(look().unchanged);
  // By timer it always claims.
  CHECK(claim().claimed.jobs.size() == 3);
}

TEST_CASE_METHOD(writer_fixture, "a look where nothing changed runs no SQL of a claim") {
  claim();
  const storage::transaction held{other};
  CHECK(look().unchanged);
  // A claim would have to wait for the lock.
  CHECK_THROWS_AS(claim(), storage::error);
}

TEST_CASE_METHOD(writer_fixture, "the first look of a writer claims") {
  submit(1);
  CHECK(look().claimed.jobs.size() == 1);
}

TEST_CASE_METHOD(writer_fixture, "a look that failed looks again when it is tried again") {
  claim();
  submit(2);
  {
    const storage::transaction held{other};
    CHECK_THROWS_AS(look(), storage::error);
  }
  CHECK(look().claimed.jobs.size() == 2);
}

/// No file of this process can grow, as on a full disk.
class full_disk {
 public:
  full_disk() {
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit none{1, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &none) == 0);
  }
  ~full_disk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;

 private:
  rlimit before_{};
};

TEST_CASE_METHOD(writer_fixture, "what a failed write did not delete is deleted later") {
  submit(3);
  write_request request;
  for (const auto& job : claim().claimed.jobs)
    request.settlements.push_back({job, pipeline::finish{}, false});
  out.write(request);
  time.advance(31 * 24h);
  const write_request clean_up{.duties = {duty::clean_up}};
  // The first window is of jobs, the second of events.
  while (out.write(clean_up).cleaned.jobs == 0)
    continue;
  {
    const full_disk full;
    for (int i = 0; i < 3; ++i)
      CHECK_THROWS_AS(out.write(clean_up), storage::error);
  }
  std::int64_t events = 0;
  for (bool more = true; more;) {
    const auto cleaned = out.write(clean_up).cleaned;
    events += cleaned.events;
    more = cleaned.more;
  }
  CHECK(events == 9);
}

TEST_CASE_METHOD(writer_fixture, "what goes with a look is written, whether or not it claims") {
  submit(1);
  const auto job = claim().claimed.jobs.at(0);
  write_request request{.claim = 10, .claim_only_if_changed = true};
  request.settlements.push_back({job, pipeline::advance{}, true});
  const auto result = out.write(request);
  CHECK(result.unchanged);
  CHECK(result.settled.at(0).has_value());
  CHECK(storage::find_job(other, job.id)->state == pipeline::job_state::done);
}

}  // namespace
