#include "app/commands/inspect/inspect_views.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <utility>
#include <vector>

using namespace millrace;
using app::short_duration;

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

  actors::job_view view{.job = storage::job_record{.id = 1}, .reason = "WORKING"};
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
