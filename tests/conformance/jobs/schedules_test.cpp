#include "storage/runtimes/schedules.hpp"

#include "base/iso8601.hpp"
#include "tests/support/store_fixture.hpp"

#include <fmt/format.h>

namespace millrace::storage::testing {
namespace {

/// Every hour, on the hour.
struct schedules_fixture : store_fixture {
  schedule hourly{.name = "hourly", .due = cron{"0 * * * *"}, .payload = R"({"a":1})"};
  time_point hour = std::chrono::ceil<std::chrono::hours>(start);

  schedules_fixture() { now = hour - 30min; }

  schedule_keeper keeper() const { return schedule_keeper{{hourly}}; }

  std::vector<fired_schedule> step(schedule_keeper& of) {
    auto result = of.step(on, store, now);
    next = result.next;
    return result.fired;
  }
  std::optional<time_point> next;

  std::int64_t jobs() { return ask("select count(*) from jobs"); }
};

TEST_CASE_METHOD(schedules_fixture, "a schedule begins when it is first kept, and makes its jobs") {
  auto all = keeper();
  CHECK(step(all).empty());
  CHECK(next == hour);
  CHECK(jobs() == 0);
  now = hour + 1s;
  const auto fired = step(all);
  REQUIRE(fired.size() == 1);
  CHECK(fired[0].due == hour);
  CHECK(next == hour + 1h);
  const auto made = find(fired[0].job);
  CHECK(made.pipeline == "trio");
  CHECK(made.stage == "one");
  CHECK_THAT(made.payload, Catch::Contains("\"a\""));
  CHECK(made.correlation_id == "schedule:hourly:" + to_iso8601(hour));
  CHECK(step(all).empty());
  CHECK(jobs() == 1);
  const auto known = list_schedules(on);
  REQUIRE(known.size() == 1);
  CHECK(known[0].cron == "0 * * * *");
  CHECK(known[0].pipeline == "trio");
  CHECK(known[0].next_at == hour + 1h);
  CHECK(known[0].last_at == hour);
  CHECK(known[0].last_job == fired[0].job);
}

TEST_CASE_METHOD(schedules_fixture, "of many runtimes that keep a schedule one makes the job") {
  auto one = keeper();
  auto other = keeper();
  step(one);
  step(other);
  now = hour;
  CHECK(step(one).size() + step(other).size() == 1);
  CHECK(jobs() == 1);
  CHECK(next == hour + 1h);
}

TEST_CASE_METHOD(schedules_fixture, "what was missed makes one job, none, or one each") {
  hourly.missed = GENERATE(missed_runs::once, missed_runs::never, missed_runs::each);
  auto all = keeper();
  step(all);
  now = hour + 3h + 5min;
  // Another runtime starts again, as after a restart.
  auto again = keeper();
  std::vector<time_point> due;
  for (const auto& one : step(again))
    due.push_back(one.due);
  CHECK(next == hour + 4h);
  if (hourly.missed == missed_runs::once)
    CHECK(due == std::vector<time_point>{hour});
  else if (hourly.missed == missed_runs::never)
    CHECK(due.empty());
  else
    CHECK(due == std::vector<time_point>{hour, hour + 1h, hour + 2h, hour + 3h});
  now = hour + 4h + 20s;
  CHECK(step(again).size() == 1);
}

TEST_CASE_METHOD(schedules_fixture, "a clock that is set back makes no job twice") {
  auto all = keeper();
  step(all);
  now = hour;
  CHECK(step(all).size() == 1);
  now = hour - 20min;
  CHECK(step(all).empty());
  auto again = keeper();
  CHECK(step(again).empty());
  now = hour + 1min;
  CHECK(step(again).empty());
  now = hour + 1h;
  CHECK(step(again).size() == 1);
  CHECK(jobs() == 2);
}

TEST_CASE_METHOD(schedules_fixture, "a clock that was a year ahead stops no schedule") {
  auto all = keeper();
  step(all);
  now = hour + 365 * 24h;
  CHECK(step(all).size() == 1);
  now = hour + 10min;
  CHECK(step(all).empty());
  CHECK(next == hour + 1h);
  now = hour + 1h;
  CHECK(step(all).size() == 1);
}

TEST_CASE_METHOD(schedules_fixture,
                 "a clock that is days behind for a moment makes no time twice") {
  hourly.missed = GENERATE(missed_runs::once, missed_runs::never, missed_runs::each);
  auto all = keeper();
  auto laggard = keeper();
  step(all);
  step(laggard);
  for (int n = 0; n < 48; ++n) {
    now = hour + n * 1h + 1s;
    CHECK(step(all).size() == 1);
    // One machine of the fleet, or a moment of the same one.
    now -= 72h;
    CHECK(step(laggard).empty());
    now += 72h;
    CHECK(step(all).empty());
  }
  CHECK(jobs() == 48);
  CHECK(next == hour + 48h);
  CHECK(ask("select count(distinct correlation_id) from jobs") == 48);
}

TEST_CASE_METHOD(schedules_fixture, "a row that says that a time comes again is put right") {
  auto all = keeper();
  step(all);
  now = hour + 1s;
  CHECK(step(all).size() == 1);
  on.session() << fmt::format("update schedules set next_at = {}", to_us(hour));
  CHECK(step(all).empty());
  CHECK(next == hour + 1h);
}

TEST_CASE_METHOD(schedules_fixture, "a schedule that is written otherwise starts again") {
  auto old = keeper();
  step(old);
  hourly.due = cron{"30 * * * *"};
  auto changed = keeper();
  CHECK(step(changed).empty());
  CHECK(next == hour + 30min);
  now = hour;
  // A runtime that still has the old one makes nothing.
  CHECK(step(old).empty());
  CHECK_FALSE(next);
  now = hour + 30min;
  CHECK(step(old).empty());
  CHECK(step(changed).size() == 1);
  CHECK(list_schedules(on)[0].cron == "30 * * * *");
}

TEST_CASE_METHOD(schedules_fixture, "a step that is rolled back is made again") {
  auto all = keeper();
  step(all);
  now = hour;
  {
    auto lost = all;
    const transaction tx{on};
    CHECK(step(lost).size() == 1);
  }
  CHECK(jobs() == 0);
  CHECK(step(all).size() == 1);
  CHECK(jobs() == 1);
}

TEST_CASE_METHOD(schedules_fixture,
                 "while the last job goes on, the next time makes what is asked") {
  const auto overlap = GENERATE(overlap::allow, overlap::skip, overlap::queue);
  hourly.overlap = overlap;
  hourly.tenant = "acme";
  hourly.tags = {"nightly"};
  auto all = keeper();
  step(all);
  now = hour + 1s;
  const auto first = step(all);
  REQUIRE(first.size() == 1);
  CHECK(find(first[0].job).tenant == "acme");
  CHECK(find(first[0].job).tags == R"(["nightly"])");
  now = hour + 1h + 1s;
  CHECK(step(all).size() == (overlap == overlap::allow ? 1 : 0));
  store.control.cancel(first[0].job, "a test", now);
  now += 10s;
  CHECK(step(all).size() == (overlap == overlap::queue ? 1 : 0));
  now = hour + 2h + 1s;
  CHECK(step(all).size() == (overlap == overlap::skip ? 1 : overlap == overlap::allow ? 1 : 0));
}

TEST_CASE_METHOD(schedules_fixture,
                 "a schedule that is paused makes no jobs, and goes on after that") {
  auto all = keeper();
  step(all);
  CHECK_FALSE(pause_schedule(on, "other", "a test", now));
  CHECK(pause_schedule(on, "hourly", "a test", now));
  CHECK_FALSE(pause_schedule(on, "hourly", "a test", now));
  CHECK(list_schedules(on).front().paused_by == "a test");
  now = hour + 5h + 30min;
  CHECK(step(all).empty());
  CHECK_FALSE(list_schedules(on).front().is_left(now));
  CHECK(resume_schedule(on, "hourly", "a test", now));
  CHECK_FALSE(resume_schedule(on, "hourly", "a test", now));
  CHECK(ask("select count(*) from events where code = 'ORDERED'") == 2);
  CHECK(step(all).empty());
  CHECK(list_schedules(on).front().next_at == hour + 6h);
  now = hour + 6h;
  CHECK(step(all).size() == 1);
  now = hour + 8h;
  CHECK(list_schedules(on).front().is_left(now));
}

TEST_CASE_METHOD(schedules_fixture, "a schedule makes a job now, whatever its times") {
  auto all = keeper();
  step(all);
  const auto job = run_schedule(on, store, hourly, "a test", now);
  CHECK(find(job).correlation_id == "schedule:hourly:" + to_iso8601(now));
  CHECK(list_schedules(on).front().last_job == job);
  CHECK(list_schedules(on).front().next_at == hour);
  CHECK(step(all).empty());
}

}  // namespace
}  // namespace millrace::storage::testing
