#include "app/error.hpp"
#include "app/settings/load.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <string>

using namespace millrace;
using namespace millrace::app;
using namespace std::chrono_literals;

namespace {

configuration load_text(std::string_view ini, std::vector<entry> command_line = {}) {
  auto entries = parse_ini(ini, "p.ini");
  entries.insert(entries.end(), command_line.begin(), command_line.end());
  pipeline::definition ingest{"ingest", {}};
  for (const auto* name : {"queued", "parsing"}) {
    auto& stage = ingest.stages.emplace_back();
    stage.name = name;
    stage.handler = std::string{"ingest."} + name;
  }
  return load({"", {{"HOME", "/h"}}, entries, {ingest}});
}

std::string pipeline_complaint(std::string_view ini) {
  try {
    load_text(ini);
  } catch (const millrace::app::error& bad) {
    CHECK(bad.code() == exit_code::usage);
    return bad.what();
  }
  return "nothing was wrong";
}

}  // namespace

TEST_CASE("a pipeline of one's own is a list of stages with handlers and policies") {
  const auto all = load_text(R"(
[pipeline.bench]
stages = one, two
[stage.bench.one]
handler = sleep:20ms
concurrency = 2
timeout = 1s
max_attempts = 5
batch = 10
backoff_base = 10ms
backoff_cap = 1s
[stage.bench.two]
handler = noop
)");
  REQUIRE(all.pipelines.size() == 2);
  const auto& bench = all.pipelines[1];
  CHECK(bench.name == "bench");
  REQUIRE(bench.stages.size() == 2);
  const auto& one = bench.stages[0];
  CHECK(one.name == "one");
  CHECK(one.handler == "sleep:20ms");
  CHECK(one.concurrency == 2);
  CHECK(one.timeout == 1s);
  CHECK(one.max_attempts == 5);
  CHECK(one.batch == 10);
  CHECK(one.backoff.base == 10ms);
  CHECK(one.backoff.cap == 1s);
  CHECK(bench.stages[1].name == "two");
  CHECK(bench.stages[1].handler == "noop");
}

TEST_CASE("a pipeline keeps its jobs as all do, or for times of its own") {
  const auto all = load_text(
      "[retention]\nfinished = 10d\n[pipeline.p]\nstages = a\n"
      "retention_dead = 90d\n[stage.p.a]\nhandler = noop\n"
      "[pipeline.ingest]\nretention_finished = 0\n");
  CHECK(all.pipelines[0].retention_finished == 0s);
  CHECK(all.pipelines[0].retention_dead == 0s);
  CHECK(all.pipelines[1].retention_finished == 240h);
  CHECK(all.pipelines[1].retention_dead == 90 * 24h);
  const auto listed = [&](std::string_view key) {
    for (const auto& one : all.listing)
      if (one.key == key)
        return one.value + ", " + one.origin;
    return std::string{"nothing"};
  };
  CHECK(listed("pipeline.p.retention_finished") == "10d, default");
  CHECK_THAT(listed("pipeline.p.retention_dead"), Catch::StartsWith("90d, p.ini:"));
  CHECK_THAT(pipeline_complaint("[pipeline.ingest]\nretention_dead = soon\n"),
             Catch::Contains("p.ini:2") &&
                 Catch::Contains("`pipeline.ingest.retention_dead = soon`") &&
                 Catch::Contains("allowed is: 0 to 36500d, as "));
  CHECK_THAT(pipeline_complaint("[pipeline.ingest]\nretention_finished = -1d\n"),
             Catch::Contains("retention_finished = -1d"));
  CHECK_THAT(pipeline_complaint("[pipeline.ingest]\nretention_done = 1d\n"),
             Catch::Contains("did you mean `pipeline.ingest.retention_dead`?"));
}

TEST_CASE("an archive is a folder anywhere, or nowhere") {
  const auto archive = [](const std::string& value) {
    return load_text("[retention]\narchive = " + value + "\n").values.runtime.retention.archive;
  };
  CHECK(archive("").empty());
  CHECK(archive("/var/kept") == "/var/kept");
  CHECK(archive("~/kept") == "/h/kept");
  CHECK(archive("{data_dir}/archive") == "/h/.local/share/millrace/archive");
}

TEST_CASE("the order of sections does not matter") {
  const auto all = load_text("[stage.b.one]\nhandler=noop\n[pipeline.b]\nstages=one\n");
  CHECK(all.pipelines[1].stages[0].handler == "noop");
}

TEST_CASE("the stages of a built-in pipeline can be tuned, but not replaced") {
  const auto all = load_text("[stage.ingest.parsing]\nconcurrency = 2\n");
  CHECK(all.pipelines[0].stages[1].concurrency == 2);
  CHECK(all.pipelines[0].stages[1].handler == "ingest.parsing");
  CHECK_THAT(pipeline_complaint("[pipeline.ingest]\nstages = a\n"), Catch::Contains("built in"));
  CHECK_THAT(pipeline_complaint("[stage.ingest.parsing]\nhandler = noop\n"),
             Catch::Contains("p.ini:2") && Catch::Contains("built-in"));
}

TEST_CASE("an unknown key of a pipeline or a stage is an error with the nearest one") {
  CHECK_THAT(pipeline_complaint("[stage.ingest.parsing]\nconcurency = 2\n"),
             Catch::Contains("p.ini:2") &&
                 Catch::Contains("did you mean `stage.ingest.parsing.concurrency`?"));
  CHECK_THAT(pipeline_complaint("[stage.ingest.pasring]\nbatch = 2\n"),
             Catch::Contains("`stage.ingest.parsing.batch`"));
  CHECK_THAT(pipeline_complaint("[stage.inges.parsing]\nbatch = 2\n"),
             Catch::Contains("`stage.ingest.parsing.batch`"));
  CHECK_THAT(pipeline_complaint("[pipeline.b]\nstage = a\n"),
             Catch::Contains("`pipeline.NAME.stages`"));
}

TEST_CASE("a pipeline that cannot work is an error") {
  CHECK_THAT(pipeline_complaint("[pipeline.b]\nstages = a, , c\n"), Catch::Contains("commas"));
  CHECK_THAT(pipeline_complaint("[pipeline.b]\nstages =\n"), Catch::Contains("p.ini:2"));
  CHECK_THAT(pipeline_complaint("[pipeline.b]\nstages = a\n"),
             Catch::Contains("stage.b.a.handler"));
  CHECK_THAT(pipeline_complaint("[pipeline.b]\nstages=a,a\n[stage.b.a]\nhandler=noop\n"),
             Catch::Contains("twice"));
  CHECK_THAT(pipeline_complaint("[pipeline.B]\nstages=a\n[stage.B.a]\nhandler=noop\n"),
             Catch::Contains("'B'"));
  CHECK_THAT(pipeline_complaint("[stage.ingest.parsing]\nconcurrency = -1\n"),
             Catch::Contains("p.ini:2") && Catch::Contains("0 to 1024"));
}

TEST_CASE("the settings of all stages are listed with where they come from") {
  const auto all = load_text("[pipeline.b]\nstages = a\n[stage.b.a]\nhandler = noop\n");
  const auto find = [&](std::string_view key) {
    for (const auto& one : all.listing)
      if (one.key == key)
        return one.value + " from " + one.origin;
    return std::string{"not listed"};
  };
  CHECK(find("pipeline.b.stages") == "a from p.ini:2");
  CHECK(find("stage.b.a.handler") == "noop from p.ini:4");
  CHECK(find("stage.b.a.timeout") == "5m from default");
  CHECK(find("pipeline.ingest.stages") == "queued, parsing from default");
}

TEST_CASE("the time to read a configuration grows with its size, and no faster") {
  const auto processor_seconds = [](int pipelines) {
    std::string ini;
    for (int i = 0; i < pipelines; ++i) {
      ini += fmt::format("[pipeline.p{0}]\nstages = a, b, c\nqueue_limit = 5\n", i);
      for (const auto* stage : {"a", "b", "c"})
        ini += fmt::format("[stage.p{}.{}]\nhandler = noop\nmax_attempts = 5\n", i, stage);
      ini += fmt::format("[schedule.s{0}]\ncron = @daily\npipeline = p{0}\n", i);
    }
    const auto begin = std::clock();
    CHECK(load_text(ini).schedules.size() == static_cast<std::size_t>(pipelines));
    return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  };
  const auto least = [&](int pipelines) {
    return std::min(
        {processor_seconds(pipelines), processor_seconds(pipelines), processor_seconds(pipelines)});
  };
  // Sixteen times the size: quadratic, it would take 256 times as long.
  CHECK(least(1600) < 64 * least(100));
}
