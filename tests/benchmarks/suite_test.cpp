#include "tests/benchmarks/measure.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

// The suite, tiny, so that it never rots. What it measures says nothing here.
namespace {

using namespace millrace;
using namespace millrace::tests;

std::string contents(const std::filesystem::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::string report_of(double transitions, double latency_ms) {
  return fmt::format(
      R"({{"machine":"m","figures":[
        {{"name":"transitions","unit":"1/s","median":{0},"min":{0},"max":{0},"runs":5}},
        {{"name":"first handler p50","unit":"ms","median":{1},"min":{1},"max":{1},"runs":5}}]}})",
      transitions, latency_ms);
}

TEST_CASE("every case of the suite measures something on SQLite") {
  const sandbox in;
  check(measure(in, "transitions --jobs 60"), 8);
  check(measure(in, "drain --jobs 100"), 3);
  check(measure(in, "enqueue --jobs 100"), 1);
  check(measure(in, "latency --jobs 3"), 5);
  check(measure(in, "scale --jobs 1000"), 3);
  check(measure(in, "retention --jobs 100"), 7);
  check(measure(in, "tenants --jobs 100"), 6);
  check(measure(in, "inspection --jobs 60"), 3);
  check(measure(in, "http --jobs 60"), 7);
  check(measure(in, "memory --jobs 1000"), 1);
  check(measure(in, "idle --jobs 100"), 1);
  check(measure(in, "exec --jobs 100"), 3);
  check(measure(in, "limit --jobs 100"), 2);
  check(measure(in, "pressure backlog --jobs 100"), 11);
  check(measure(in, "pressure pinned --jobs 100"), 15);
  check(measure(in, "pressure readers --jobs 100"), 16);
  check(measure(in, "pressure burst --rate 100 --minutes 0.02"), 10);
  check(measure(in, "pressure soak --rate 100 --minutes 0.03"), 5);
  in.write("papers/a.md", "# A\n\nText.\n");
  check(measure(in, "ingest papers"), 8);
}

TEST_CASE("a report is a table for people, and a picture") {
  const sandbox in;
  const auto done =
      in.shell("cd && millrace-bench enqueue --jobs 50 --runs 2 --plot e.svg && head -c 5 e.svg");
  CHECK(done.code == 0);
  CHECK_THAT(done.out, Catch::Contains("median"));
  CHECK_THAT(contents(in.folder() / "e.svg"), Catch::Contains("<svg"));
  CHECK(in.shell("cd && millrace-bench enqueue --jobs 50 --runs 1 --plot e.pdf").code == 3);
}

TEST_CASE("compare says what got slower") {
  const sandbox in;
  in.write("old.json", report_of(1000, 2));
  in.write("same.json", report_of(950, 2.1));
  in.write("slow.json", report_of(500, 2));
  in.write("late.json", report_of(1000, 9));
  CHECK(in.shell("cd && millrace-bench compare old.json same.json").code == 0);
  const auto slow = in.shell("cd && millrace-bench compare old.json slow.json");
  CHECK(slow.code == 1);
  CHECK_THAT(slow.out, Catch::Contains("slower"));
  CHECK(in.shell("cd && millrace-bench compare old.json late.json").code == 1);
  CHECK(in.shell("cd && millrace-bench compare old.json none.json").code == 3);
}

TEST_CASE("the suite refuses what it does not know") {
  const sandbox in;
  for (const auto* words : {"", "swim", "drain --runs 0", "drain --jobs -1", "ingest", "compare a",
                            "drain further", "drain --fast"}) {
    INFO(words);
    CHECK(in.shell(std::string{"cd && millrace-bench "} + words).code == 2);
  }
  CHECK(in.shell("cd && millrace-bench drain --database mysql://x").code == 3);
  CHECK(in.shell("cd && millrace-bench --help").code == 0);
}

TEST_CASE("the parts are measured by themselves") {
  const sandbox in;
  const auto done = in.shell("millrace-micro-bench --benchmark_min_time=0.001");
  INFO(done.err);
  CHECK(done.code == 0);
  for (const auto* part : {"claim/1000", "settle/1000", "message_hops", "markdown", "chunk",
                           "embed", "analyse", "search"})
    CHECK_THAT(done.out, Catch::Contains(part));
  CHECK_THAT(done.out, !Catch::Contains("ERROR"));
}

}  // namespace
