#include "storage/runtimes/lease_watch.hpp"
#include "storage/runtimes/running_jobs.hpp"
#include "storage/runtimes/runtime_store.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/store_fixture.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace millrace::storage::testing {
namespace {

/// Runtime `dead` holds three jobs, and another one watches it.
struct watched_runtime : store_fixture {
  tests::manual_clock time;
  process self = this_process();
  lease_watch watch{4s};
  const runtime_id dead = register_runtime(on, "host", 1, "1.0", now + 15s, now);
  const runtime_id mine = register_runtime(on, "host", 2, "1.0", now + 15s, now);
  bool is_gone = true;
  std::vector<pipeline::job> jobs = claim_for(dead, 3);

  watched_runtime() {
    self.name = {"host", "boot", 2, {}};
    self.is_gone = [this](std::int64_t) { return is_gone; };
    on.session() << "update runtimes set boot = 'boot'";
    running_jobs_table recorder{database.settings()};
    recorder.become(dead);
    recorder.record(0, std::vector<running_job>{{jobs[1].id, jobs[1].epoch}});
  }

  std::vector<pipeline::job> claim_for(runtime_id runtime, int count) {
    store.submitter.enqueue(std::vector<new_job>(static_cast<std::size_t>(count)), now);
    return store.claims.claim({runtime, count}, now).jobs;
  }

  /// Looks once a second for so long; how many were rescued.
  std::int64_t look_for(duration length) {
    std::int64_t rescued = 0;
    for (; length.count() > 0; length -= 1s) {
      rescued += look();
      time.advance(1s);
    }
    return rescued;
  }
  std::int64_t look() { return store.rescuer.rescue_dead({watch, time, self, mine}, now).rescued; }
  bool renew(runtime_id which) {
    return renew_lease(on, which, now + 15s).what == renewal::answer::renewed;
  }
};

TEST_CASE_METHOD(watched_runtime,
                 "a runtime that is silent for the length of its lease is dead; charged is what a "
                 "process had in hand that is gone") {
  CHECK(look_for(15s) == 0);
  CHECK(look_for(2s) == 3);
  CHECK(find(jobs[0].id).crashes == 0);
  CHECK(find(jobs[1].id).crashes == 1);
  CHECK(find(jobs[2].id).crashes == 0);
  CHECK_FALSE(renew(dead));
  CHECK(look_for(20s) == 0);
  CHECK(ask("select count(*) from in_hand") == 0);
}

TEST_CASE_METHOD(
    watched_runtime,
    "a working job that other hands wrote goes back to the queue, whatever its holder") {
  on.session() << "update jobs set claimed_by = null where job_id = " << jobs[0].id;
  on.session() << "update jobs set claimed_by = -7 where job_id = " << jobs[1].id;
  on.session() << "update jobs set claimed_by = 0 where job_id = " << jobs[2].id;
  CHECK(look_for(1s) == 3);
  for (const auto& one : jobs) {
    CHECK(find(one.id).state == pipeline::job_state::queued);
    CHECK(find(one.id).crashes == 0);
  }
}

TEST_CASE_METHOD(watched_runtime, "nothing is charged to a process that may live") {
  is_gone = false;
  SECTION("its pid is there") {}
  SECTION("another machine, and the server lists no sessions of it") {
    on.session() << "update runtimes set host = 'elsewhere'";
  }
  SECTION("another boot, or another namespace of pids") {
    is_gone = true;
    on.session() << "update runtimes set boot = 'earlier'";
  }
  CHECK(look_for(17s) == 3);
  CHECK(find(jobs[1].id).crashes == 0);
}

/// It runs on another machine, and the server lists its sessions.
struct distant_runtime : watched_runtime {
  std::optional<session_list> listed{std::in_place};

  distant_runtime() {
    self.sessions = [this](connection&) { return listed; };
    on.session() << "update runtimes set host = 'elsewhere', session = 'its'";
    listed->emplace("its", listed_sessions{3, 1});
    listed->emplace("another", listed_sessions{1, 1});
  }

  /// A statement of it begins.
  void speak() { ++listed->at("its").heard_at; }
  void go() { listed->erase("its"); }
  int charged() { return find(jobs[1].id).crashes; }
};

TEST_CASE_METHOD(distant_runtime,
                 "a process on another machine is dead whose sessions end at once") {
  CHECK(look_for(2s) == 0);
  SECTION("after it renewed its lease") { REQUIRE(renew(dead)); }
  SECTION("after a statement") { speak(); }
  CHECK(look_for(3s) == 0);
  go();
  CHECK(look_for(20s) == 3);
  CHECK(charged() == 1);
  CHECK(find(jobs[0].id).crashes == 0);
}

TEST_CASE_METHOD(distant_runtime,
                 "a process is charged nothing when its sessions may have ended while it lives") {
  look_for(2s);
  REQUIRE(renew(dead));
  speak();
  SECTION("its network was cut: the server ends them after a silence") {
    look_for(6s);
    go();
  }
  SECTION("the server restarted") {
    look_for(1s);
    watch.forget_sessions();
    go();
  }
  SECTION("they ended while no look was made") {
    time.advance(8s);
    go();
  }
  SECTION("they ended before it was watched") {
    watch = lease_watch{4s};
    go();
  }
  SECTION("it has sessions again") {
    look_for(1s);
    go();
    look_for(2s);
    listed->emplace("its", listed_sessions{1, 9});
  }
  SECTION("the server does not say whose sessions they are") { listed.reset(); }
  look_for(20s);
  CHECK(find(jobs[1].id).state == job_state::queued);
  CHECK(charged() == 0);
}

TEST_CASE_METHOD(watched_runtime, "no time of another machine decides whether a runtime lives") {
  SECTION("its clock is a day behind") { now -= 24h; }
  SECTION("its clock is a day ahead") { now += 24h; }
  for (int i = 0; i < 20; ++i) {
    REQUIRE(renew(dead));
    CHECK(look_for(10s) == 0);
  }
}

TEST_CASE_METHOD(watched_runtime,
                 "a runtime that stood still counts no silence that it did not hear") {
  CHECK(look() == 0);
  time.advance(1h);
  CHECK(look() == 0);
  REQUIRE(renew(dead));
  CHECK(look_for(10s) == 0);
  CHECK(look_for(10s) == 3);
}

TEST_CASE_METHOD(watched_runtime, "a step of the clock ends no lease") {
  CHECK(look() == 0);
  time.step(2h);
  now += 2h;
  CHECK(look_for(10s) == 0);
  REQUIRE(renew(dead));
  time.step(-4h);
  now -= 4h;
  CHECK(look_for(10s) == 0);
}

TEST_CASE_METHOD(watched_runtime, "a lease that is renewed at the last moment is not ended") {
  CHECK(look_for(14s) == 0);
  const auto seen = list_holders(on, mine, self).at(0);
  REQUIRE(seen.id == dead);
  REQUIRE(renew(dead));
  CHECK_FALSE(end_silent(on, seen, now));
  CHECK(look_for(14s) == 0);
}

TEST_CASE_METHOD(watched_runtime,
                 "holders without a row, or whose lease was ended, are dead at once") {
  SECTION("without a row") {
    on.session() << "delete from runtimes where runtime_id = " + std::to_string(dead);
  }
  SECTION("ended") { end_runtime(on, dead, now); }
  CHECK(look() == 3);
  CHECK(find(jobs[1].id).state == job_state::queued);
}

TEST_CASE_METHOD(watched_runtime, "every holder is seen, below and above one's own number") {
  std::vector<runtime_id> others{dead};
  for (int i = 0; i < 5; ++i)
    others.push_back(register_runtime(on, "host", 3, "1.0", now + 15s, now));
  for (const auto one : others)
    claim_for(one, 2);
  claim_for(mine, 2);
  std::vector<runtime_id> seen;
  for (const auto& one : list_holders(on, mine, self))
    seen.push_back(one.id);
  std::sort(seen.begin(), seen.end());
  CHECK(seen == others);
}

TEST_CASE_METHOD(store_fixture, "identities are positive and fit into a number of JSON") {
  const auto real = this_process();
  std::set<runtime_id> seen;
  for (int i = 0; i < 1000; ++i) {
    const auto one = real.draw_identity();
    CHECK(one > 0);
    CHECK(one < std::int64_t{1} << 53);
    const auto here = identity_in(on, one);
    CHECK(here > 0);
    CHECK(here < std::int64_t{1} << (is_sqlite() ? 31 : 53));
    seen.insert(here);
  }
  CHECK(seen.size() == 1000);
}

TEST_CASE_METHOD(store_fixture,
                 "after lost commits no answer for a lost job comes to another with its number") {
  const auto lost = working();
  on.session() << "delete from jobs";
  on.session() << "insert into jobs (job_id, pipeline, stage, state, epoch, claimed_by, run_at,"
                  " created_at, updated_at)"
                  " values (" +
                      std::to_string(lost.id) + ", 'trio', 'one', 'working', " +
                      std::to_string(lost.epoch) + ", 8, 1, 1, 1)";
  const pipeline::transition_event what = GENERATE(
      as<pipeline::transition_event>{}, pipeline::advance{}, pipeline::finish{},
      pipeline::retry{"CODE", "why", {}}, pipeline::reject{"CODE", "why"}, pipeline::release{});
  CHECK_FALSE(settle(lost, what, true));
  CHECK_FALSE(settle(lost, what, false));
  const auto row = find(lost.id);
  CHECK(row.state == job_state::working);
  CHECK(row.claimed_by == 8);
  CHECK(row.epoch == lost.epoch);
  CHECK(ask("select count(*) from events where type <> 'stage_started'") == 0);
}

TEST_CASE_METHOD(store_fixture, "what a runtime does not hold is given back, and nothing else") {
  store.submitter.enqueue(std::vector<new_job>(4), now);
  const auto jobs = claim();
  REQUIRE(jobs.size() == 4);
  add();
  const auto of_other = store.claims.claim({8, 1}, now).jobs.at(0);
  const std::vector held{jobs[0].id, jobs[2].id};
  CHECK(store.rescuer.release_lost(7, held, now) == std::vector{jobs[1].id, jobs[3].id});
  CHECK(find(jobs[0].id).state == job_state::working);
  CHECK(find(of_other.id).state == job_state::working);
  const auto row = find(jobs[1].id);
  CHECK(row.state == job_state::queued);
  CHECK(row.crashes == 0);
  CHECK(row.attempt == 0);
  CHECK(history(jobs[1].id) == std::vector<std::string>{"stage_started", "control RELEASED"});
  CHECK(store.rescuer.release_lost(7, held, now).empty());
}

}  // namespace
}  // namespace millrace::storage::testing
