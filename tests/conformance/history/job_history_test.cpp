#include "storage/history/job_history.hpp"

#include "tests/support/store_fixture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

namespace millrace::storage::testing {
namespace {

/// Jobs that go through everything that can happen to a job, in an order that a seed decides.
struct history_fixture : store_fixture {
  std::vector<job_id> jobs;
  std::minstd_rand random;

  int pick(int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); }

  pipeline::transition_event any_outcome() {
    switch (pick(7)) {
      case 0:
        return pipeline::proceed{};
      case 1:
        return pipeline::retry{"BUSY", "try later", 1s};
      case 2:
        return pipeline::snooze{now + 1s, "not yet"};
      case 3:
        return pipeline::release{};
      case 4:
        return pick(4) == 0
                   ? pipeline::transition_event{pipeline::finish{"EARLY", "nothing left", {}}}
                   : pipeline::transition_event{pipeline::reject{"BAD", "no good"}};
      default:
        return pipeline::advance{};
    }
  }

  void live(unsigned seed, int steps) {
    random.seed(seed);
    std::vector<pipeline::job> working;
    for (int step = 0; step < steps; ++step) {
      now += 1s;
      if (step % 10 == 0)
        jobs.push_back(add());
      const auto any = jobs[static_cast<std::size_t>(pick(static_cast<int>(jobs.size())))];
      if (pick(12) == 0)
        store.control.cancel(any, "ann", now);
      if (pick(8) == 0)
        store.control.replay(any, "one", "ann", now);
      if (pick(20) == 0) {
        store.rescuer.rescue(7, 8, std::nullopt, now);
        working.clear();
      }
      for (auto& job : claim(1 + pick(4)))
        working.push_back(std::move(job));
      for (auto& job : std::exchange(working, {})) {
        const auto settled = settle(job, any_outcome(), pick(3) > 0);
        if (!settled || settled->state != job_state::working)
          continue;
        job.stage = settled->stage;
        job.epoch = settled->epoch;
        job.attempt = settled->attempt;
        working.push_back(std::move(job));
      }
    }
  }

  /// What stands in the table.
  std::vector<std::int64_t> scanned(job_id job, std::int64_t after) {
    std::vector<std::int64_t> ids;
    soci::rowset<long long> rows =
        on.session().prepare << fmt::format(
            "select event_id from events where job_id = {} and event_id > {} order by event_id",
            job, after);
    std::copy(rows.begin(), rows.end(), std::back_inserter(ids));
    return ids;
  }

  std::vector<std::int64_t> listed(job_id job, std::int64_t after) {
    std::vector<std::int64_t> ids;
    for (const auto& one : list_events_of_job(on, job, after))
      ids.push_back(one.id);
    return ids;
  }
};

TEST_CASE_METHOD(history_fixture, "the history of a job is every event that it has") {
  for (const unsigned seed : {1U, 2U, 3U, 4U, 5U}) {
    INFO("seed " << seed);
    live(seed, 60);
    for (const auto job : jobs) {
      const auto whole = scanned(job, 0);
      INFO("job " << job);
      REQUIRE(listed(job, 0) == whole);
      for (const auto after : whole)
        REQUIRE(listed(job, after) == scanned(job, after));
    }
  }
}

TEST_CASE_METHOD(history_fixture, "the histories of many jobs that have ended are those of each") {
  for (const unsigned seed : {1U, 2U, 3U, 4U, 5U}) {
    INFO("seed " << seed);
    live(seed, 300);
    std::vector<job_record> ended;
    for (const auto job : jobs)
      if (pick(5) > 0 && pipeline::has_ended(find(job).state))
        ended.push_back(find(job));
    REQUIRE(ended.size() > 2);
    auto histories = list_events_of_ended(on, ended);
    CHECK(histories.size() == ended.size());
    for (const auto& one : ended) {
      std::vector<std::int64_t> ids;
      for (const auto& event : histories[one.id])
        ids.push_back(event.id);
      INFO("job " << one.id);
      REQUIRE(ids == scanned(one.id, 0));
    }
  }
  CHECK(list_events_of_ended(on, {}).empty());
}

TEST_CASE_METHOD(history_fixture, "the history of a job that is gone is still there") {
  const auto job = working();
  settle(job, pipeline::advance{}, true);
  const auto whole = scanned(job.id, 0);
  REQUIRE(whole.size() == 2);
  on.session() << "delete from jobs";
  CHECK(listed(job.id, 0) == whole);
}

TEST_CASE_METHOD(history_fixture, "a history lists at most as much as is wanted") {
  const auto job = working();
  settle(job, pipeline::retry{"BUSY", "try later", 0s});
  settle(claim().at(0), pipeline::reject{"BAD", "no good"});
  const auto whole = scanned(job.id, 0);
  REQUIRE(whole.size() == 5);
  const auto ids = [&](event_filter filter) {
    filter.job = job.id;
    std::vector<std::int64_t> found;
    for (const auto& one : list_events(on, filter))
      found.push_back(one.id);
    return found;
  };
  CHECK(ids({.limit = 1}) == std::vector{whole[0]});
  CHECK(ids({.until = whole[1]}) == std::vector{whole[0], whole[1]});
  CHECK(ids({.code = "BUSY"}) == std::vector{whole[1]});
  CHECK(ids({.code = "BAD", .after = whole[3]}) == std::vector{whole[4]});
}

}  // namespace
}  // namespace millrace::storage::testing
