#include "actors/store/detours.hpp"

#include "actors/store/lock_trouble.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace {

using namespace millrace;
using namespace millrace::actors;
using namespace std::chrono_literals;

TEST_CASE("what meets a lock is left out for a while, each time for longer") {
  detours all;
  CHECK(all.is_open(duty::schedules, 0s));
  CHECK(all.held_off().empty());
  all.hold_off(duty::schedules, 10s);
  CHECK_FALSE(all.is_open(duty::schedules, 10s));
  CHECK(all.is_open(duty::children, 10s));
  CHECK(all.is_open(duty::schedules, 11s));
  for (int i = 0; i < 10; ++i)
    all.hold_off(duty::schedules, 11s);
  CHECK_FALSE(all.is_open(duty::schedules, 18s));
  CHECK(all.is_open(duty::schedules, 19s));
  all.hold_off(duty::rescue, 11s);
  CHECK(all.held_off() == "rescue of jobs, schedules");
  all.passed(duty::schedules);
  CHECK(all.held_off() == "rescue of jobs");
}

write_request settlements(std::initializer_list<pipeline::job_id> ids, bool was_held = false) {
  write_request made;
  for (const auto id : ids) {
    pipeline::job job;
    job.id = id;
    made.settlements.push_back({std::move(job), pipeline::release{}, false, was_held});
  }
  return made;
}

TEST_CASE("held jobs are told until the last of them is settled, on whichever connection") {
  lock_trouble locks;
  write_result some;
  some.held = {1, 2};
  some.held_by = "backend 7 (psql of me)";
  locks.note(1, settlements({1, 2, 3}), some);
  CHECK_THAT(locks.text(),
             Catch::Contains("the results of 2 jobs") && Catch::Contains("backend 7 (psql of me)"));
  locks.note(0, settlements({8, 9}), {});
  CHECK_FALSE(locks.text().empty());
  write_result one;
  one.held = {1};
  locks.note(0, settlements({2, 3}, true), one);
  CHECK_THAT(locks.text(), Catch::Contains("the results of 1 jobs"));
  locks.note(1, settlements({3}, true), {});
  CHECK(locks.text().empty());
}

TEST_CASE("what a connection leaves out is told until it does it again") {
  lock_trouble locks;
  write_result first;
  first.held_off = "schedules";
  locks.note(0, {}, first);
  locks.note(1, {}, {});
  CHECK_THAT(locks.text(), Catch::Contains("schedules"));
  locks.note(0, {}, {});
  CHECK(locks.text().empty());
}

TEST_CASE("settlements that are held are taken out of an answer, in order") {
  jobs_settled answer{settlements({1, 2, 3, 4}).settlements, std::vector<storage::settled>(4), {}};
  answer.results[2].emplace();
  keep_apart(answer, {1, 3});
  REQUIRE(answer.settlements.size() == 2);
  CHECK(answer.settlements[1].job.id == 3);
  CHECK(answer.results[1].has_value());
  REQUIRE(answer.held.size() == 2);
  CHECK(answer.held[1].job.id == 4);
  CHECK(answer.held[1].was_held);
}

}  // namespace
