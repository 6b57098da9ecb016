#include "pipeline/codes.hpp"
#include "storage/jobs/ended_jobs.hpp"
#include "tests/support/store_fixture.hpp"

#include <algorithm>
#include <exception>
#include <thread>
#include <utility>

namespace millrace::storage::testing {
namespace {

struct dead_fixture : store_fixture {
  /// A job of that pipeline that died at the stage.
  job_id die(const std::string& code, std::uint16_t in = 0, std::uint16_t stage = 0) {
    const auto id =
        store.submitter.enqueue(std::vector<new_job>{{.pipeline = in, .stage = stage}}, now)
            .front();
    settle(claim().at(0), pipeline::reject{code, "bad"});
    return id;
  }

  std::vector<job_id> listed(const ended_filter& filter) {
    std::vector<job_id> ids;
    for (const auto& one : list_ended(on, filter).jobs)
      ids.push_back(one.id);
    return ids;
  }

  sent_back replay(const ended_filter& filter = {}, const std::string& from = {}) {
    return store.bulk.replay_ended(list_ended(on, filter).jobs, from, "ann", now);
  }
};

using ids = std::vector<job_id>;

TEST_CASE_METHOD(dead_fixture,
                 "dead jobs are listed by pipeline, stage and code, the oldest first") {
  const auto first = die("BAD");
  const auto second = die("WORSE", 0, 1);
  const auto third = die("BAD", 1);
  add();
  const auto cancelled = add();
  store.control.cancel(cancelled, "ann", now);
  CHECK(listed({}) == ids{first, second, third});
  CHECK(listed({.code = "BAD"}) == ids{first, third});
  CHECK(listed({.pipeline = "trio"}) == ids{first, second});
  CHECK(listed({.stage = "two"}) == ids{second});
  CHECK(listed({.pipeline = "trio", .code = "BAD"}) == ids{first});
  CHECK(listed({.limit = 2}) == ids{first, second});
  CHECK(listed({.code = "NOTHING"}).empty());
  const auto counts = list_ended(on, {}).counts;
  REQUIRE(counts.size() == 3);
  CHECK(counts[0].pipeline == "solo");
  CHECK(counts[1].stage == "one");
  CHECK(counts[1].code == "BAD");
  CHECK(counts[1].count == 1);
  CHECK(counts[2].stage == "two");
}

TEST_CASE_METHOD(dead_fixture, "jobs that are done or cancelled are listed and sent back as well") {
  die("BAD");
  const auto done = add();
  settle(claim().at(0), pipeline::finish{});
  const auto cancelled = add();
  store.control.cancel(cancelled, "ann", now);
  CHECK(listed({.state = job_state::done}) == ids{done});
  CHECK(listed({.state = job_state::cancelled}) == ids{cancelled});
  CHECK(replay({.state = job_state::done}, "two").replayed == 1);
  CHECK(find(done).stage == "two");
  CHECK(find(done).state == job_state::queued);
  CHECK(replay({.state = job_state::cancelled}).replayed == 1);
  CHECK(find(cancelled).state == job_state::queued);
}

TEST_CASE_METHOD(dead_fixture, "dead jobs are found wherever their ids are") {
  on.session()
      << "insert into jobs (job_id, pipeline, stage, state, run_at, created_at, updated_at)"
         " values (30000, 'trio', 'one', 'deadletter', 1, 1, 1),"
         " (90000, 'trio', 'one', 'deadletter', 1, 1, 1)";
  CHECK(listed({}) == ids{30'000, 90'000});
}

TEST_CASE_METHOD(dead_fixture,
                 "each dead job goes back to where it died, and its history says so") {
  const auto first = die("BAD");
  const auto second = die("WORSE", 0, 1);
  now += 10s;
  const auto result = replay();
  CHECK(result.replayed == 2);
  CHECK(result.changed == 0);
  CHECK(result.refused.empty());
  for (const auto id : {first, second}) {
    const auto row = find(id);
    CHECK(row.state == job_state::queued);
    CHECK(row.run_at == now);
    CHECK(row.code.empty());
    CHECK(history(id).back() == "control REPLAYED");
  }
  CHECK(find(first).stage == "one");
  CHECK(find(second).stage == "two");
  CHECK(list_events(on, {.job = second}).back().message == "from two by ann");
  CHECK(listed({}).empty());
  CHECK(claim().size() == 2);
}

TEST_CASE_METHOD(dead_fixture, "dead jobs go back to one stage, where their pipeline has it") {
  const auto first = die("BAD", 0, 2);
  const auto other = die("BAD", 1);
  const auto result = replay({}, "two");
  CHECK(result.replayed == 1);
  CHECK(result.refused ==
        std::map<std::string, std::int64_t>{{"pipeline solo has no stage 'two'", 1}});
  CHECK(find(first).stage == "two");
  CHECK(find(other).state == job_state::deadletter);
  CHECK(find(other).code == "BAD");
}

TEST_CASE_METHOD(dead_fixture, "dead jobs of a pipeline that is not known here go back as well") {
  on.session() << "insert into jobs (pipeline, stage, state, run_at, created_at, updated_at)"
                  " values ('foreign', 'far', 'deadletter', 1, 1, 1)";
  CHECK(replay().replayed == 1);
  CHECK(find(1).state == job_state::queued);
  CHECK(find(1).stage == "far");
}

TEST_CASE_METHOD(dead_fixture, "a job that changed since it was listed is left as it is") {
  const auto again = die("BAD");
  const auto cancelled = die("BAD");
  const auto deleted = die("BAD");
  const auto untouched = die("BAD");
  const auto dead = list_ended(on, {}).jobs;
  // Sent back by another user, and dead again.
  store.control.retry(again, "bob", now);
  settle(claim().at(0), pipeline::reject{"WORSE", "worse"});
  store.control.cancel(cancelled, "bob", now);
  on.session() << "delete from jobs where job_id = " + std::to_string(deleted);
  const auto result = store.bulk.replay_ended(dead, "", "ann", now);
  CHECK(result.replayed == 1);
  CHECK(result.changed == 3);
  CHECK(find(again).code == "WORSE");
  CHECK(find(cancelled).state == job_state::cancelled);
  CHECK(find(untouched).state == job_state::queued);
  // The same list once more.
  CHECK(store.bulk.replay_ended(dead, "", "ann", now).replayed == 0);
}

TEST_CASE_METHOD(dead_fixture,
                 "two callers that send the same jobs back at once send each of them once") {
  constexpr std::size_t count = 2000;
  store.submitter.enqueue(std::vector<new_job>(count), now);
  std::vector<settlement> ends;
  for (auto& job : claim(count))
    ends.push_back({std::move(job), pipeline::reject{"BAD", "bad"}});
  settle(ends);
  const auto dead = list_ended(on, {}).jobs;
  REQUIRE(dead.size() == count);

  struct sender {
    sent_back sum;
    std::exception_ptr failure;
  };
  std::vector<sender> senders(2);
  auto settings = database.settings();
  settings.busy_timeout = 20s;
  const auto send = [&](sender& by) {
    try {
      connection own{settings};
      job_store jobs{own, pipelines};
      for (std::span<const listed_job> left{dead}; !left.empty();) {
        const auto piece = left.first(std::min<std::size_t>(50, left.size()));
        left = left.subspan(piece.size());
        by.sum += jobs.bulk.replay_ended(piece, "", "ann", now);
      }
    } catch (...) {
      by.failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> threads;
    for (auto& one : senders)
      threads.emplace_back([&] { send(one); });
  }
  for (const auto& one : senders)
    if (one.failure)
      std::rethrow_exception(one.failure);
  CHECK(senders[0].sum.replayed + senders[1].sum.replayed == count);
  CHECK(senders[0].sum.changed + senders[1].sum.changed == count);
  CHECK(ask("select count(*) from events where code = 'REPLAYED'") == count);
  CHECK(ask("select count(*) from jobs where state = 'queued'") == count);
  CHECK(ask("select count(*) from job_details where code is not null") == 0);
}

}  // namespace
}  // namespace millrace::storage::testing
