#include "app/commands/inspect/inspect_views.hpp"

#include "actors/inspector/protocol/json_codec.hpp"
#include "actors/inspector/server/build_rows.hpp"
#include "app/commands/jobs/records.hpp"
#include "storage/history/job_json.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace millrace;
using app::short_duration;

namespace {

/// As it arrives at a client.
template <class View>
View over_the_wire(const View& view) {
  const auto line = actors::to_line(view);
  return actors::read_answer<View>(line.substr(0, line.size() - 1));
}

/// Each field has a value that is not its default.
storage::job_record full_job() {
  return {.id = 7,
          .pipeline = "p",
          .stage = "s",
          .state = pipeline::job_state::working,
          .epoch = 3,
          .attempt = 2,
          .crashes = 1,
          .priority = -4,
          .run_at = from_us(1),
          .created_at = from_us(2),
          .updated_at = from_us(3),
          .claimed_by = 9,
          .has_begun = false,
          .cancel_requested = true,
          .correlation_id = "c",
          .payload = R"({"a":  1.10})",
          .output = R"(["ä"])",
          .code = "TIMEOUT",
          .message = "too \"slow\"",
          .unique_key = "k",
          .tenant = "t",
          .tags = R"(["x", "y"])",
          .parent = 5,
          .concurrency_key = "k-1",
          .traceparent = "00-1-2-01",
          .children = {{"done", 2}, {"queued", 1}}};
}

storage::event_record full_event() {
  return {.id = 11,
          .job = 7,
          .pipeline = "p",
          .stage = "s",
          .type = "error",
          .severity = "warning",
          .code = "TIMEOUT",
          .message = "m",
          .epoch = 3,
          .attempt = 2,
          .at = from_us(4),
          .correlation_id = "c"};
}

/// A field that is new to the records must have a value in full_job() or full_event().
void check_full(const nlohmann::ordered_json& document) {
  for (const auto& [name, value] : document.items()) {
    INFO(name);
    CHECK_FALSE((value.is_null() || value == "" || value == 0));
  }
}

}  // namespace

TEST_CASE("inspect shows every field of jobs and events that an archive keeps, in the same words") {
  const auto expected = storage::describe(full_job(), {full_event()});
  check_full(expected);
  check_full(storage::describe(full_event()));
  const auto job = actors::build_row(full_job());
  const auto events = actors::build_rows(std::vector{full_event()});
  CHECK(app::to_json(job, events) == storage::in_lines(expected) + '\n');

  auto one = app::show_job(over_the_wire(actors::job_view{.job = job, .events = events})).document;
  CHECK(one.erase("explanation") == 1);
  CHECK(one.erase("progress") == 1);
  CHECK(storage::in_lines(one) == storage::in_lines(expected));
  const auto all = app::show(over_the_wire(actors::jobs_view{.jobs = {job}})).document;
  CHECK(storage::in_lines(all) + '\n' == app::to_json(std::vector{job}));
  CHECK(app::to_json(over_the_wire(actors::events_view{.events = events}).events) ==
        app::to_json(events));
}

TEST_CASE("durations are short to read") {
  const std::vector<std::pair<std::int64_t, std::string>> all{{0, "0us"},
                                                              {999, "999us"},
                                                              {1'000, "1.0ms"},
                                                              {12'345, "12.3ms"},
                                                              {345'678, "345ms"},
                                                              {1'000'000, "1.0s"},
                                                              {59'900'000, "59.9s"},
                                                              {60'000'000, "1m"},
                                                              {200'000'000, "3m20s"},
                                                              {3'600'000'000, "1h"},
                                                              {7'500'000'000, "2h5m"},
                                                              {187'200'000'000, "2d4h"}};
  for (const auto& [us, text] : all)
    CHECK(short_duration(us) == text);
}

TEST_CASE("jobs that are not counted yet are not shown as none") {
  actors::stages_view view;
  view.stages = {{.pipeline = "p", .stage = "a"}};
  const auto before = app::show(view, from_us(10));
  CHECK(before.rows.rows.at(0).at(2) == "?");
  CHECK(before.document["stages"][0]["jobs"].is_null());
  CHECK(before.document["counted_at"].is_null());
  view.counted_at_us = 5;
  const auto after = app::show(view, from_us(10));
  CHECK(after.rows.rows.at(0).at(2) == "0");
  CHECK(after.document["stages"][0]["jobs"]["queued"] == 0);
  CHECK(after.note == "jobs as counted 5us ago\n");
}

TEST_CASE("how far a handler says it is, in percent, words or both") {
  const actors::progress_view both{
      .job = 1, .percent_thousandths = 33'333, .message = "page 1", .age_us = 2'100'000};
  CHECK(app::progress_text(both) == "33.33 %, page 1 (2.1s ago)");
  CHECK(app::progress_text({.message = "page 1"}) == "page 1 (0us ago)");
  CHECK(app::progress_text({.percent_thousandths = 100'000}) == "100 % (0us ago)");

  actors::job_view view{.job = actors::job_row{.id = 1}, .reason = "WORKING"};
  CHECK(app::show_job(view).document["progress"].is_null());
  view.progress = both;
  for (const auto& shown : {app::show_job(view), app::show_explanation(view, 1)}) {
    CHECK(shown.document["progress"]["percent"] == 33.333);
    CHECK(shown.document["progress"]["message"] == "page 1");
    CHECK(shown.rows.rows.back() == std::vector<std::string>{"progress", app::progress_text(both)});
  }
}

TEST_CASE("only a healthy runtime is well") {
  CHECK(app::show(actors::health_view{"healthy", {}}).is_well);
  const auto shown = app::show(actors::health_view{"unhealthy", {"one", "two"}});
  CHECK_FALSE(shown.is_well);
  CHECK(shown.rows.rows.size() == 2);
}
