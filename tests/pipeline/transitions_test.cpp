#include "pipeline/transitions.hpp"

#include "base/bounds.hpp"
#include "pipeline/codes.hpp"
#include "state_table.hpp"
#include "tests/support/paths.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>

namespace {

using namespace millrace;
using namespace millrace::pipeline;
using namespace std::chrono_literals;

constexpr time_point noon{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1} + 12h};

const definition abc{"p",
                     {{.name = "a", .handler = "noop"},
                      {.name = "b", .handler = "noop"},
                      {.name = "c", .handler = "noop"}}};

job working_at(std::uint16_t stage) {
  return {.id = 1, .stage = stage, .state = job_state::working, .epoch = 3, .run_at = noon};
}

change must(const job& j, const transition_event& what, bool carry_on = true) {
  const auto answer = apply(j, what, {.pipeline = abc, .now = noon, .carry_on = carry_on});
  REQUIRE(std::holds_alternative<change>(answer));
  return std::get<change>(answer);
}

std::string must_refuse(const job& j, const transition_event& what) {
  const auto answer = apply(j, what, {.pipeline = abc, .now = noon});
  REQUIRE(std::holds_alternative<rejection>(answer));
  return std::get<rejection>(answer).why;
}

/// Without the padding that aligns the table.
std::string squeezed(const std::string& table) {
  return std::regex_replace(table, std::regex{" +"}, " ");
}

// A `-` is a rejection. The sample job stands at stage a of a, b, c (at c in the rows "last
// stage"), with one failed attempt of three and no crash of three; `later` and `now` say what
// run_at became.
constexpr auto expected =
    R"(| what happened                              | queued    | working                             | retryable | done                      | deadletter                | cancelled                 |
| --- | --- | --- | --- | --- | --- | --- |
| claim                                      | working   | -                                   | working   | -                         | -                         | -                         |
| claim before run_at                        | -         | -                                   | -         | -                         | -                         | -                         |
| advance, carried on                        | -         | working at b attempt=0              | -         | -                         | -                         | -                         |
| advance, not carried on                    | -         | queued at b attempt=0               | -         | -                         | -                         | -                         |
| advance, last stage                        | -         | done                                | -         | -                         | -                         | -                         |
| proceed                                    | -         | working attempt=0                   | -         | -                         | -                         | -                         |
| advance, after two crashes | - | working at b attempt=0 crashes=0 | - | - | - | - |
| proceed, after two crashes | - | working attempt=0 crashes=0 | - | - | - | - |
| finish                                     | -         | done                                | -         | -                         | -                         | -                         |
| retry, attempts left                       | -         | retryable attempt=2 later           | -         | -                         | -                         | -                         |
| retry, last attempt                        | -         | deadletter attempt=3                | -         | -                         | -                         | -                         |
| timeout, attempts left                     | -         | retryable attempt=2 later           | -         | -                         | -                         | -                         |
| timeout, last attempt                      | -         | deadletter attempt=3                | -         | -                         | -                         | -                         |
| snooze                                     | -         | queued later                        | -         | -                         | -                         | -                         |
| reject                                     | -         | deadletter                          | -         | -                         | -                         | -                         |
| release                                    | -         | queued                              | -         | -                         | -                         | -                         |
| rescue, not in hand                        | -         | queued                              | -         | -                         | -                         | -                         |
| rescue, in hand                            | -         | queued crashes=1                    | -         | -                         | -                         | -                         |
| rescue, in hand, crash limit               | -         | deadletter crashes=3                | -         | -                         | -                         | -                         |
| cancel                                     | cancelled | working same epoch cancel_requested | cancelled | -                         | cancelled                 | -                         |
| replay from b                              | -         | -                                   | -         | queued at b attempt=0 now | queued at b attempt=0 now | queued at b attempt=0 now |
| retry now                                  | -         | -                                   | -         | -                         | queued attempt=0 now      | queued attempt=0 now      |
| retry now, before run_at                   | queued now | -                                  | retryable now | -                     | queued attempt=0 now      | queued attempt=0 now      |
| move to b | queued at b attempt=0 | - | queued at b attempt=0 now | - | queued at b attempt=0 now | - |
| run_now | - | - | - | - | - | - |
| run_now, before run_at | queued now | - | - | - | - | - |
| run_now, before run_at, another handler | - | - | - | - | - | - |
| set aside | deadletter | - | deadletter | - | - | - |
| cancel requested, then advance             | -         | cancelled                           | -         | -                         | -                         | -                         |
| cancel requested, then advance, last stage | -         | done                                | -         | -                         | -                         | -                         |
| cancel requested, then retry               | -         | cancelled                           | -         | -                         | -                         | -                         |
)";

TEST_CASE("the transition table has these cells and no others") {
  CHECK(squeezed(millrace::tests::render_state_table()) == squeezed(expected));
}

TEST_CASE("docs/state-machine.md shows the transition table as it is") {
  std::ifstream file{millrace::tests::source_path("docs/state-machine.md")};
  const std::string page{std::istreambuf_iterator<char>{file}, {}};
  const auto table = millrace::tests::render_state_table();
  INFO("put this table into docs/state-machine.md:\n" << table);
  CHECK(page.find(table) != std::string::npos);
}

TEST_CASE("every change raises the epoch by one, save a request to cancel a working job") {
  for (const transition_event& what :
       {transition_event{advance{}}, transition_event{proceed{}}, transition_event{retry{}},
        transition_event{release{}}, transition_event{rescue{}}, transition_event{reject{}},
        transition_event{finish{}}})
    CHECK(must(working_at(0), what).epoch == 4);
  CHECK(must(working_at(0), cancel{"me"}).epoch == 3);
}

TEST_CASE("what a handler asks to wait is bounded, so that no time overflows") {
  CHECK(must(working_at(0), retry{"R", "r", duration::max()}).run_at ==
        noon + bounds::longest_delay);
  CHECK(must(working_at(0), retry{"R", "r", duration::min()}).run_at == noon);
  CHECK(must(working_at(0), snooze{time_point::max(), ""}).run_at == bounds::latest);
  CHECK(must(working_at(0), snooze{time_point::min(), ""}).run_at == bounds::earliest);
}

TEST_CASE("only a job that waits is set aside, and its epoch starts again after the highest") {
  auto waiting = working_at(0);
  waiting.state = job_state::queued;
  waiting.epoch = bounds::highest_epoch;
  const auto dead = must(waiting, set_aside{"why"});
  CHECK(dead.state == job_state::deadletter);
  CHECK(dead.epoch == 1);
  REQUIRE(dead.events.size() == 2);
  CHECK(dead.events[0].code == codes::ROW_INVALID);
  CHECK(dead.events[0].message == "why");
}

TEST_CASE("a stage that advances says so once, and the last one also that the job has ended") {
  const auto middle = must(working_at(1), advance{});
  REQUIRE(middle.events.size() == 1);
  CHECK(middle.events[0].type == event_type::stage_done);
  CHECK(middle.events[0].stage == 1);
  const auto last = must(working_at(2), advance{});
  REQUIRE(last.events.size() == 2);
  CHECK(last.events[0].type == event_type::stage_done);
  CHECK(last.events[1].type == event_type::finalized);
}

TEST_CASE("a stage may skip ahead, but neither stay nor go back nor leave its pipeline") {
  CHECK(must(working_at(0), advance{{}, "c"}).stage == 2);
  CHECK(must_refuse(working_at(1), advance{{}, "a"}) == "stage a does not come after b");
  CHECK(must_refuse(working_at(1), advance{{}, "b"}) == "stage b does not come after b");
  CHECK(must_refuse(working_at(0), advance{{}, "x"}) == "pipeline p has no stage 'x'");
}

TEST_CASE("a dead job tells why, with code and severity") {
  const auto dead = must(working_at(0), reject{"PDF_BROKEN", "no trailer"});
  REQUIRE(dead.events.size() == 2);
  CHECK(dead.events[0].type == event_type::error);
  CHECK(dead.events[0].level == severity::error);
  CHECK(dead.events[1].type == event_type::finalized);
  CHECK(dead.events[1].code == "PDF_BROKEN");
  CHECK(dead.events[1].message == "no trailer");
}

TEST_CASE("a retry waits for the backoff, or for what the handler asked for") {
  const auto waits = must(working_at(0), retry{"X", "y", {}}).run_at - noon;
  CHECK(waits >= 2700ms);
  CHECK(waits <= 3300ms);
  CHECK(must(working_at(0), retry{"X", "y", 42s}).run_at == noon + 42s);
}

TEST_CASE("a replay names a stage of the pipeline") {
  auto dead = working_at(2);
  dead.state = job_state::deadletter;
  CHECK(must(dead, replay{"b", "me"}).stage == 1);
  CHECK(must_refuse(dead, replay{"x", "me"}) == "pipeline p has no stage 'x'");
}

TEST_CASE("a job that waits for its time runs now, with what is charged to it") {
  for (const auto state : {job_state::queued, job_state::retryable}) {
    auto waiting = working_at(1);
    waiting.state = state;
    waiting.attempt = 2;
    waiting.crashes = 1;
    waiting.run_at = noon + 1h;
    const auto sooner = must(waiting, retry_now{"me"});
    CHECK(sooner.state == state);
    CHECK(sooner.stage == 1);
    CHECK(sooner.run_at == noon);
    CHECK(sooner.attempt == 2);
    CHECK(sooner.crashes == 1);
    CHECK(sooner.epoch == 4);
    REQUIRE(sooner.events.size() == 1);
    CHECK(sooner.events[0].code == codes::HASTENED);
    CHECK(sooner.events[0].message == "by me");
    waiting.run_at = noon;
    CHECK(must_refuse(waiting, retry_now{"me"}) ==
          "its time has come already: it waits for a runtime");
  }
}

TEST_CASE("an ended job that is retried is replayed from where it stands") {
  auto dead = working_at(2);
  dead.state = job_state::deadletter;
  dead.attempt = 3;
  dead.crashes = 3;
  const auto back = must(dead, retry_now{"me"});
  CHECK(back.stage == 2);
  CHECK(back.attempt == 0);
  CHECK(back.crashes == 0);
  REQUIRE(back.events.size() == 1);
  CHECK(back.events[0].code == codes::REPLAYED);
  CHECK(back.events[0].message == "from c by me");
  dead.state = job_state::done;
  CHECK(must_refuse(dead, retry_now{"me"}) == "a job that is done cannot be retried");
  CHECK(must_refuse(working_at(0), retry_now{"me"}) == "a job that is working cannot be retried");
}

TEST_CASE("the backoff doubles from its base up to its cap, give or take a tenth") {
  const backoff_policy policy{3s, 60s};
  for (int attempt = 0; attempt < 40; ++attempt) {
    const duration exact = std::min<duration>(duration{3s} * (1LL << std::min(attempt, 30)), 60s);
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      const auto wait = backoff(policy, attempt, seed);
      CHECK(wait >= exact * 9 / 10);
      CHECK(wait <= exact * 11 / 10);
    }
  }
  CHECK(backoff(policy, 1, 7) == backoff(policy, 1, 7));
  CHECK(backoff(policy, 1, 7) != backoff(policy, 1, 8));
}

TEST_CASE("the largest backoff does not overflow") {
  const backoff_policy policy{24h * 365, 24h * 365 * 10};
  CHECK(backoff(policy, 1000, 1) <= policy.cap * 11 / 10);
  CHECK(backoff(policy, 1000, 1) >= policy.cap * 9 / 10);
}

}  // namespace
