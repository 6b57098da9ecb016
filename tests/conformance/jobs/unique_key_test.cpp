#include "storage/jobs/job_store.hpp"
#include "storage/retention/retention.hpp"
#include "tests/support/store_fixture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace millrace::storage::testing {
namespace {

using pipeline::rejection;
using pipeline::unique_conflict;
using pipeline::unique_scope;
using submit_result = submitted_job::submit_result;

struct unique_fixture : store_fixture {
  static new_job keyed(std::string key, unique_scope scope = unique_scope::unfinished,
                       unique_conflict policy = unique_conflict::keep, std::string payload = "1") {
    return {.payload = std::move(payload), .unique = unique_key{std::move(key), scope, policy}};
  }

  submit_answer submit(const std::vector<new_job>& jobs) {
    return store.submitter.submit(jobs, now);
  }

  submitted_job one(const new_job& job) {
    auto answer = submit({job});
    auto* made = std::get_if<std::vector<submitted_job>>(&answer);
    REQUIRE(made != nullptr);
    REQUIRE(made->size() == 1);
    return made->front();
  }

  /// One that was claimed.
  pipeline::job claimed(job_id id) {
    for (auto& job : claim())
      if (job.id == id)
        return job;
    FAIL("the job was not claimed");
    return {};
  }

  std::int64_t jobs() { return ask("select count(*) from jobs"); }
};

TEST_CASE_METHOD(unique_fixture,
                 "a second job of a unique key is not made; the first is answered") {
  const auto first = one(keyed("k"));
  CHECK(first.became == submit_result::made);
  const auto second = one(keyed("k", unique_scope::unfinished, unique_conflict::keep, "2"));
  CHECK(second.became == submit_result::kept);
  CHECK(second.id == first.id);
  CHECK(one(keyed("other")).became == submit_result::made);
  CHECK(jobs() == 2);
  CHECK(find(first.id).payload == "1");
  CHECK(find(first.id).unique_key == "k");
}

TEST_CASE_METHOD(unique_fixture, "keys of two pipelines have nothing to do with each other") {
  auto elsewhere = keyed("k");
  elsewhere.pipeline = 1;
  one(keyed("k"));
  CHECK(one(elsewhere).became == submit_result::made);
}

TEST_CASE_METHOD(unique_fixture, "a key holds as long as its scope says") {
  struct expected {
    unique_scope scope;
    bool queued, working, retryable, done, dead;
  };
  const auto row = GENERATE(expected{unique_scope::queued, true, false, true, false, false},
                            expected{unique_scope::unfinished, true, true, true, false, false},
                            expected{unique_scope::done, true, true, true, true, false},
                            expected{unique_scope::any, true, true, true, true, true});
  // The second job asks and is thrown away, so that the first one stays the holder.
  const auto holds = [&] {
    const transaction trial{on};
    return one(keyed("k", row.scope)).became == submit_result::kept;
  };
  const auto id = one(keyed("k", row.scope)).id;
  CHECK(holds() == row.queued);
  auto job = claimed(id);
  CHECK(holds() == row.working);
  settle(job, pipeline::retry{"BUSY", "later", 1s});
  CHECK(holds() == row.retryable);
  now += 1s;
  job = claimed(id);
  settle(job, pipeline::reject{"BAD", "no"});
  CHECK(holds() == row.dead);
  store.control.replay(id, "one", "ann", now);
  settle(claimed(id), pipeline::finish{});
  CHECK(holds() == row.done);
}

TEST_CASE_METHOD(unique_fixture,
                 "replace gives the waiting job the payload, and its history says so") {
  const auto first = one(keyed("k"));
  const auto with = keyed("k", unique_scope::unfinished, unique_conflict::replace, R"({"a": 2})");
  const auto second = one(with);
  CHECK(second.became == submit_result::replaced);
  CHECK(second.id == first.id);
  CHECK_THAT(find(first.id).payload, Catch::Contains("2"));
  CHECK(history(first.id) == std::vector<std::string>{"control PAYLOAD_REPLACED"});
  claim();
  const auto answer = submit({with});
  REQUIRE(std::holds_alternative<key_is_held>(answer));
  CHECK(std::get<key_is_held>(answer).holder == first.id);
  CHECK(std::get<key_is_held>(answer).holder_state == job_state::working);
  CHECK(jobs() == 1);
}

TEST_CASE_METHOD(unique_fixture, "reject refuses the whole submit, and leaves nothing of it") {
  const auto first = one(keyed("k"));
  const auto answer =
      submit({keyed("free"), keyed("k", unique_scope::unfinished, unique_conflict::reject)});
  REQUIRE(std::holds_alternative<key_is_held>(answer));
  CHECK(std::get<key_is_held>(answer).index == 1);
  CHECK(std::get<key_is_held>(answer).key == "k");
  CHECK(std::get<key_is_held>(answer).holder == first.id);
  CHECK(jobs() == 1);
  CHECK(ask("select count(*) from unique_keys") == 1);
  CHECK(one(keyed("free")).became == submit_result::made);
}

TEST_CASE_METHOD(unique_fixture, "of two jobs in one submit with one key the first is made") {
  auto plain = new_job{};
  const auto answer =
      submit({keyed("k"), plain,
              keyed("k", unique_scope::unfinished, unique_conflict::replace, "7"), keyed("k")});
  const auto& all = std::get<std::vector<submitted_job>>(answer);
  REQUIRE(all.size() == 4);
  CHECK(all[0].became == submit_result::made);
  CHECK(all[1].became == submit_result::made);
  CHECK(all[1].id > all[0].id);
  CHECK(all[2].became == submit_result::replaced);
  CHECK(all[2].id == all[0].id);
  CHECK(all[3].became == submit_result::kept);
  CHECK(all[3].id == all[0].id);
  CHECK(find(all[0].id).payload == "7");
  CHECK(jobs() == 2);
  const auto refused =
      submit({keyed("m"), keyed("m", unique_scope::unfinished, unique_conflict::reject)});
  CHECK(std::get<key_is_held>(refused).index == 1);
}

TEST_CASE_METHOD(unique_fixture, "a key that is free again is taken by the next job") {
  const auto first = one(keyed("k"));
  settle(claimed(first.id), pipeline::finish{});
  const auto second = one(keyed("k"));
  CHECK(second.became == submit_result::made);
  CHECK(second.id != first.id);
  CHECK(one(keyed("k")).id == second.id);
  CHECK(ask("select count(*) from unique_keys") == 1);
}

TEST_CASE_METHOD(
    unique_fixture,
    "an ended job does not come back while another has its key, and takes it back else") {
  const auto first = one(keyed("k"));
  settle(claimed(first.id), pipeline::reject{"BAD", "no"});
  const auto second = one(keyed("k"));
  for (const auto& became : {store.control.retry(first.id, "ann", now),
                             store.control.replay(first.id, "one", "ann", now)}) {
    REQUIRE(std::holds_alternative<rejection>(became));
    CHECK(std::get<rejection>(became).why ==
          fmt::format("job {} holds its unique key 'k' now", second.id));
  }
  CHECK(find(first.id).state == job_state::deadletter);
  store.control.cancel(second.id, "ann", now);
  CHECK(std::holds_alternative<pipeline::change>(store.control.retry(first.id, "ann", now)));
  CHECK(one(keyed("k")).id == first.id);
  CHECK(std::holds_alternative<rejection>(store.control.retry(second.id, "ann", now)));
}

TEST_CASE_METHOD(unique_fixture, "of two dead jobs with one key only one is sent back in bulk") {
  std::vector<job_id> ids;
  for (int i = 0; i < 2; ++i) {
    ids.push_back(one(keyed("k")).id);
    settle(claimed(ids.back()), pipeline::reject{"BAD", "no"});
  }
  add();
  settle(claim().front(), pipeline::reject{"BAD", "no"});
  const auto dead = list_ended(on, {});
  REQUIRE(dead.jobs.size() == 3);
  const auto became = store.bulk.replay_ended(dead.jobs, "", "ann", now);
  CHECK(became.replayed == 2);
  CHECK(became.changed == 0);
  REQUIRE(became.refused.size() == 1);
  CHECK(became.refused.begin()->second == 1);
  CHECK(find(ids[0]).state == job_state::queued);
  CHECK(find(ids[1]).state == job_state::deadletter);
  CHECK(one(keyed("k")).id == ids[0]);
}

TEST_CASE_METHOD(unique_fixture, "a job that is deleted leaves nothing of its key") {
  const auto id = one(keyed("k", unique_scope::any)).id;
  settle(claimed(id), pipeline::finish{});
  one(keyed("young", unique_scope::any));
  now += 11min;
  retention old{{.finished = 10min, .dead = 0s, .events = 0s}};
  while (old.step(on, now).more)
    continue;
  CHECK_FALSE(find_job(on, id));
  CHECK(ask("select count(*) from unique_keys") == 1);
  CHECK(ask("select count(*) from job_details") == 1);
  CHECK(one(keyed("k", unique_scope::any)).became == submit_result::made);
}

TEST_CASE_METHOD(unique_fixture, "many submits of one key at once make one job") {
  auto patient = database.settings();
  patient.busy_timeout = 10s;
  constexpr int submitters = 6;
  constexpr int rounds = 20;
  std::mutex mutex;
  std::map<std::string, std::set<job_id>> answered;
  std::atomic<int> made{0};
  std::vector<std::thread> all;
  for (int n = 0; n < submitters; ++n)
    all.emplace_back([&] {
      connection mine{patient};
      job_store to{mine, pipelines};
      for (int round = 0; round < rounds; ++round) {
        // The keys of a submit come in any order.
        std::vector<new_job> some{keyed(fmt::format("b{}", round)),
                                  keyed(fmt::format("a{}", round))};
        const auto answer = to.submitter.submit(some, now);
        const std::scoped_lock guard{mutex};
        const auto& became = std::get<std::vector<submitted_job>>(answer);
        for (std::size_t i = 0; i < some.size(); ++i) {
          answered[some[i].unique->key].insert(became[i].id);
          made += became[i].became == submit_result::made ? 1 : 0;
        }
      }
    });
  for (auto& one : all)
    one.join();
  CHECK(made == 2 * rounds);
  CHECK(jobs() == 2 * rounds);
  for (const auto& [key, ids] : answered)
    CHECK(ids.size() == 1);
}

TEST_CASE_METHOD(store_fixture,
                 "tenant and tags are kept with the job, and jobs are found by them") {
  const auto ids = store.submitter.enqueue(
      std::vector<new_job>{{.payload = "{}", .tenant = "acme", .tags = {"a", "b\"c"}},
                           {.tenant = "acme"},
                           {.payload = "7"},
                           {.tags = {"b"}}},
      now);
  const auto first = find(ids[0]);
  CHECK(first.tenant == "acme");
  CHECK(first.tags == R"(["a","b\"c"])");
  CHECK(first.payload == "{}");
  CHECK(first.unique_key.empty());
  CHECK(find(ids[2]).payload == "7");
  CHECK(find(ids[2]).tenant.empty());
  const auto found = [&](const job_filter& filter) {
    std::vector<job_id> all;
    for (const auto& one : list_jobs(on, filter))
      all.push_back(one.id);
    return all;
  };
  CHECK(found({.tenant = "acme"}) == std::vector{ids[1], ids[0]});
  CHECK(found({.tag = "b"}) == std::vector{ids[3]});
  CHECK(found({.tenant = "acme", .tag = "b\"c"}) == std::vector{ids[0]});
  CHECK(found({.tenant = "none"}).empty());
}

}  // namespace
}  // namespace millrace::storage::testing
