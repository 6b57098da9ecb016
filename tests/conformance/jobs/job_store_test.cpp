#include "storage/jobs/job_store.hpp"

#include "storage/jobs/job_counts.hpp"
#include "storage/jobs/paused_stages.hpp"
#include "storage/runtimes/runtime_store.hpp"
#include "tests/support/store_fixture.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <mutex>
#include <set>
#include <thread>

namespace millrace::storage::testing {
namespace {

using lines = std::vector<std::string>;
using nlohmann::json;

std::vector<job_id> ids_of(const std::vector<pipeline::job>& jobs) {
  std::vector<job_id> ids;
  ids.reserve(jobs.size());
  for (const auto& one : jobs)
    ids.push_back(one.id);
  return ids;
}

TEST_CASE_METHOD(store_fixture, "enqueue answers the ids in the order of the jobs") {
  // Alike jobs and others go different ways.
  const auto priorities = GENERATE(1, 3);
  std::vector<new_job> jobs(25'000);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    jobs[i].stage = 1;
    jobs[i].run_at = now + 7s;
    jobs[i].priority = static_cast<int>(i) % priorities;
    jobs[i].correlation_id = std::to_string(i);
  }
  const auto ids = store.submitter.enqueue(jobs, now);
  REQUIRE(ids.size() == jobs.size());
  CHECK(std::is_sorted(ids.begin(), ids.end()));
  for (const std::size_t i : {0U, 1U, 9'999U, 10'000U, 24'999U}) {
    const auto row = find(ids[i]);
    CHECK(row.correlation_id == std::to_string(i));
    CHECK(row.priority == static_cast<int>(i) % priorities);
    CHECK(row.stage == "two");
    CHECK(row.run_at == now + 7s);
    CHECK(row.created_at == now);
  }
}

TEST_CASE_METHOD(store_fixture, "enqueue writes every field of a job") {
  const auto ids = store.submitter.enqueue(
      std::vector<new_job>{{.pipeline = 0,
                            .stage = 2,
                            .priority = -4,
                            .run_at = now + 5s,
                            .correlation_id = "with \"quotes\" \\ and \n lines",
                            .payload = R"({"text": "line\nö \\ 'x'", "n": [1, null]})"},
                           {.pipeline = 1, .payload = ""},
                           {.pipeline = 0, .payload = "42"}},
      now);
  const auto first = find(ids[0]);
  CHECK(first.pipeline == "trio");
  CHECK(first.stage == "three");
  CHECK(first.state == job_state::queued);
  CHECK(first.priority == -4);
  CHECK(first.run_at == now + 5s);
  CHECK(first.created_at == now);
  CHECK(first.updated_at == now);
  CHECK(first.epoch == 0);
  CHECK_FALSE(first.claimed_by);
  CHECK(first.correlation_id == "with \"quotes\" \\ and \n lines");
  CHECK(json::parse(first.payload) == json::parse(R"({"text": "line\nö \\ 'x'", "n": [1, null]})"));
  CHECK(find(ids[1]).pipeline == "solo");
  CHECK(find(ids[1]).run_at == now);
  CHECK(find(ids[2]).payload == "42");
  CHECK(ask("select count(*) from job_details") == 2);
  CHECK(store.submitter.enqueue({}, now).empty());
}

TEST_CASE_METHOD(store_fixture, "a correlation id is made of 16 hex digits, another for each job") {
  std::set<std::string> seen;
  for (const auto id : store.submitter.enqueue(std::vector<new_job>(100), now)) {
    const auto made = find(id).correlation_id;
    CHECK(made.size() == 16);
    CHECK(made.find_first_not_of("0123456789abcdef") == std::string::npos);
    seen.insert(made);
  }
  CHECK(seen.size() == 100);
}

TEST_CASE_METHOD(store_fixture, "a job that a user inserts with plain SQL is claimed") {
  on.session() << "insert into jobs (pipeline, stage, run_at, created_at, updated_at)"
                  " values ('trio', 'two', 1, 1, 1)";
  const auto jobs = claim();
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].stage == 1);
  CHECK(settle(jobs[0], pipeline::advance{}));
}

TEST_CASE_METHOD(store_fixture, "claim gives jobs with tenant, priority, tags and correlation id") {
  const auto ids = store.submitter.enqueue(std::vector<new_job>{{.priority = 2,
                                                                 .correlation_id = "c",
                                                                 .payload = "{}",
                                                                 .tenant = "acme",
                                                                 .tags = {"a", "b \"c\"", "ö\n"}},
                                                                {.priority = 1, .tags = {"alone"}},
                                                                {.payload = "{}"}},
                                           now);
  on.session() << "insert into jobs (pipeline, stage, run_at, created_at, updated_at)"
                  " values ('trio', 'two', 1, 1, 1)";
  auto jobs = claim();
  std::sort(jobs.begin(), jobs.end(),
            [](const auto& one, const auto& other) { return one.id < other.id; });
  REQUIRE(jobs.size() == 4);
  CHECK(jobs[0].id == ids[0]);
  CHECK(jobs[0].tenant == "acme");
  CHECK(jobs[0].priority == 2);
  CHECK(jobs[0].correlation_id == "c");
  CHECK(jobs[0].tags == std::vector<std::string>{"a", "b \"c\"", "ö\n"});
  CHECK(jobs[1].tags == std::vector<std::string>{"alone"});
  CHECK(jobs[1].tenant.empty());
  CHECK(jobs[2].tags.empty());
  CHECK(jobs[3].tags.empty());
}

TEST_CASE_METHOD(store_fixture,
                 "tags that were written with plain SQL, and are not a list, are passed over") {
  const auto id = add();
  for (const auto* tags : {"no list", "{\"a\": 1}", "7", "[\"a\", 1, [\"b\"], null]"}) {
    INFO(tags);
    on.session() << "delete from job_details";
    on.session() << "insert into job_details (job_id, tags, at) values (" << id << ", '" << tags
                 << "', 1)";
    const auto job = claim().at(0);
    CHECK(job.tags ==
          (tags[0] == '[' ? std::vector<std::string>{"a"} : std::vector<std::string>{}));
    settle(job, pipeline::release{});
  }
}

TEST_CASE_METHOD(store_fixture, "claim gives whole jobs, with payload and output") {
  const auto id =
      store.submitter.enqueue(std::vector<new_job>{{.correlation_id = "c", .payload = "{}"}}, now)
          .front();
  auto job = claim().at(0);
  CHECK(job.id == id);
  CHECK(job.state == job_state::working);
  CHECK(job.epoch == 1);
  CHECK(job.correlation_id == "c");
  CHECK(job.payload == "{}");
  CHECK(job.run_at == now);
  const auto row = find(id);
  CHECK(row.state == job_state::working);
  CHECK(row.claimed_by == 7);
  CHECK(history(id) == lines{"stage_started"});

  settle(job, pipeline::advance{{pipeline::effects::write_output{"[1]"}}, ""});
  job = claim().at(0);
  CHECK(job.output == "[1]");
  CHECK(job.payload == "{}");
  CHECK(job.stage == 1);
}

TEST_CASE_METHOD(store_fixture, "claim takes high priorities first, then by time, then by id") {
  const auto at = [&](int priority, duration before) {
    return store.submitter
        .enqueue(std::vector<new_job>{{.priority = priority, .run_at = now - before}}, now)
        .front();
  };
  const auto low = at(-1, 9s);
  const auto late = at(0, 1s);
  const auto early = at(0, 2s);
  const auto same = at(0, 1s);
  const auto high = at(5, 0s);
  CHECK(ids_of(claim(3)) == std::vector{high, early, late});
  CHECK(ids_of(claim(3)) == std::vector{same, low});
  CHECK(claim(0).empty());
}

TEST_CASE_METHOD(store_fixture, "claim leaves a job that is not due, and says when it will be") {
  store.submitter.enqueue(
      std::vector<new_job>{
          {.run_at = now + 20s}, {.priority = 9, .run_at = now + 30s}, {.priority = -9}},
      now);
  auto result = store.claims.claim({7, 10}, now);
  CHECK(result.jobs.size() == 1);
  CHECK(result.next_run_at == now + 20s);
  result = store.claims.claim({7, 1}, now + 20s);
  CHECK(result.jobs.size() == 1);
  CHECK_FALSE(result.next_run_at);
  result = store.claims.claim({7, 2}, now + 30s);
  CHECK(result.jobs.size() == 1);
  CHECK_FALSE(result.next_run_at);
}

TEST_CASE_METHOD(store_fixture, "claim is not held up by jobs of unknown pipelines and stages") {
  on.session() << "with recursive n (i) as (select 1 union all select i + 1 from n where i < 5000)"
                  " insert into jobs (pipeline, stage, priority, run_at, created_at, updated_at)"
                  " select 'trio', 'gone', 100, 1, 1, 1 from n"
                  " union all select 'foreign', 'one', 50, 1, 1, 1 from n"
                  " union all select 'foreign', 'one', 0, 9999999999999999, 1, 1 from n";
  const auto id = add();
  auto result = store.claims.claim({7, 2}, now);
  CHECK(ids_of(result.jobs) == std::vector{id});
  // They are sorted a thousand at a time.
  for (int n = 0; n < 15 && result.next_run_at == now; ++n) {
    result = store.claims.claim({7, 2}, now);
    CHECK(result.jobs.empty());
  }
  CHECK_FALSE(result.next_run_at);
}

TEST_CASE_METHOD(store_fixture, "the oldest waiting job says how far a runtime lags behind") {
  CHECK_FALSE(store.claims.oldest_waiting(now));
  store.submitter.enqueue(std::vector<new_job>{{.run_at = now + 1h}}, now);
  CHECK_FALSE(store.claims.oldest_waiting(now));
  add(3);
  now += 10s;
  add(5);
  CHECK(store.claims.oldest_waiting(now) == start);
  claim(2);
  CHECK_FALSE(store.claims.oldest_waiting(now));
  // A rescued job was due long ago, but waits since now only.
  now += 10s;
  store.rescuer.rescue(7, 8, std::nullopt, now);
  CHECK(store.claims.oldest_waiting(now + 1s) == now);
  // No runtime serves it, so it is no lag of this one.
  on.session() << "update jobs set stage = 'retired', lane = 0";
  store.claims.claim({7, 0}, now);
  CHECK_FALSE(store.claims.oldest_waiting(now + 1s));
  on.session() << "update jobs set stage = 'one', lane = 0";
  store.claims.claim({7, 0}, now);
  CHECK(store.claims.oldest_waiting(now + 1s) == now);
  store.control.pause("trio", "one", "ann", now);
  CHECK_FALSE(store.claims.oldest_waiting(now + 1s));
}

TEST_CASE_METHOD(store_fixture, "a claim in vain says whether another runtime has jobs in hand") {
  const auto mine = register_runtime(on, "here", 1, "1", now + 15s, now);
  const auto other = register_runtime(on, "there", 1, "1", now + 15s, now);
  add();
  REQUIRE(store.claims.claim({other, 1}, now).jobs.size() == 1);
  CHECK(store.claims.claim({mine, 1}, now).others_work != is_sqlite());
  CHECK_FALSE(store.claims.claim({other, 1}, now).others_work);
}

TEST_CASE_METHOD(store_fixture, "a paused stage starts nothing until it is resumed") {
  const auto id = add();
  store.control.pause("trio", "one", "ann", now);
  CHECK(claim().empty());
  CHECK_FALSE(store.claims.claim({7, 1}, now - 1s).next_run_at);
  store.control.pause("trio", "one", "bob", now + 1s);
  const auto paused = paused_stages(on, pipelines);
  REQUIRE(paused.size() == 1);
  CHECK(paused[0].pipeline == "trio");
  CHECK(paused[0].stage == "one");
  CHECK(paused[0].since == now);
  CHECK(paused[0].by == "ann");
  store.control.resume("trio", "one", "bob", now);
  store.control.resume("trio", "one", "bob", now);
  CHECK(paused_stages(on, pipelines).empty());
  CHECK(ids_of(claim()) == std::vector{id});
  CHECK(ask("select count(*) from events where type = 'control' and job_id is null") == 2);
}

TEST_CASE_METHOD(store_fixture, "a job is not carried on into a paused stage") {
  const auto job = working();
  store.control.pause("trio", "two", "ann", now);
  const auto to = settle(job, pipeline::advance{}, true);
  REQUIRE(to);
  CHECK(to->state == job_state::queued);
  CHECK(to->stage == 1);
  CHECK(find(job.id).state == job_state::queued);
}

TEST_CASE_METHOD(store_fixture, "to pause a stage that is not there is an error") {
  CHECK(kind_thrown([&] { store.control.pause("trio", "four", "ann", now); }) ==
        error_kind::permanent);
  CHECK(paused_stages(on, pipelines).empty());
}

TEST_CASE_METHOD(store_fixture, "counts says how many jobs are where") {
  add();
  add();
  settle(claim(1).at(0), pipeline::reject{"BAD", "it is bad"});
  const auto counted = count_jobs(on);
  REQUIRE(counted.size() == 2);
  CHECK(counted[0].state == job_state::deadletter);
  CHECK(counted[0].count == 1);
  CHECK(counted[1].pipeline == "trio");
  CHECK(counted[1].stage == "one");
  CHECK(counted[1].state == job_state::queued);
  CHECK(counted[1].count == 1);
}

TEST_CASE_METHOD(store_fixture, "counts adds up a large table, and is empty for an empty one") {
  CHECK(count_jobs(on).empty());
  store.submitter.enqueue(std::vector<new_job>(45'000), now);
  const auto counted = count_jobs(on);
  REQUIRE(counted.size() == 1);
  CHECK(counted[0].count == 45'000);
}

TEST_CASE_METHOD(store_fixture, "ten fetchers at once claim fifty jobs, none of them twice") {
  store.submitter.enqueue(std::vector<new_job>(50), now);
  auto patient = database.settings();
  patient.busy_timeout = 10s;
  std::mutex mutex;
  std::vector<job_id> claimed;
  std::vector<std::thread> fetchers;
  for (runtime_id runtime = 1; runtime <= 10; ++runtime)
    fetchers.emplace_back([&, runtime] {
      connection mine{patient};
      job_store from{mine, pipelines};
      // Another claim may hold the rows that are looked at: a claim that finds none asks again.
      for (int empty = 0; empty < 20;) {
        const auto jobs = from.claims.claim({runtime, 3}, now).jobs;
        empty += jobs.empty() ? 1 : 0;
        const std::scoped_lock guard{mutex};
        for (const auto& job : jobs)
          claimed.push_back(job.id);
      }
    });
  for (auto& one : fetchers)
    one.join();
  CHECK(claimed.size() == 50);
  CHECK(std::set<job_id>(claimed.begin(), claimed.end()).size() == 50);
  CHECK(ask("select count(*) from events where type = 'stage_started'") == 50);
}

TEST_CASE_METHOD(store_fixture, "two connections never claim the same job") {
  connection other_on{database.settings()};
  job_store other{other_on, pipelines};
  store.submitter.enqueue(std::vector<new_job>(10), now);
  auto mine = ids_of(claim(6));
  const auto theirs = ids_of(other.claims.claim({8, 6}, now).jobs);
  CHECK(mine.size() == 6);
  CHECK(theirs.size() == 4);
  mine.insert(mine.end(), theirs.begin(), theirs.end());
  CHECK(std::set<job_id>(mine.begin(), mine.end()).size() == 10);
}

}  // namespace
}  // namespace millrace::storage::testing
