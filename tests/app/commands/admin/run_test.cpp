#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <csignal>
#include <sstream>

using millrace::tests::sandbox;
using nlohmann::json;

TEST_CASE("documents go from submit to search") {
  const sandbox in;
  in.write("d/boat.md", "# Boats\n\nA lock lifts boats from one level of the canal to the next.\n");
  in.write("d/bread.md", "# Bread\n\nSourdough needs flour, water, salt and patience.\n");
  REQUIRE(in.millrace({"submit", (in.folder() / "d").string()}).code == 0);
  const auto ran = in.millrace({"run", "--until-idle", "--log.format", "json"});
  CHECK(ran.code == 0);
  CHECK(ran.out.empty());
  std::istringstream log{ran.err};
  for (std::string line; std::getline(log, line);)
    CHECK(json::accept(line));
  CHECK(json::parse(in.millrace({"jobs", "--state", "done", "--json"}).out).size() == 2);

  const auto hits = json::parse(in.millrace({"search", "how do boats get up", "--json"}).out);
  REQUIRE_FALSE(hits.empty());
  CHECK(hits[0]["document_name"] == "boat.md");
  CHECK(hits[0]["heading_path"] == "Boats");
  CHECK(hits[0]["ord"] == 0);
  CHECK_THAT(hits[0]["text"].get<std::string>(), Catch::Contains("canal"));
  CHECK(in.shell("millrace search sourdough -k 1 | cut -f 2").out == "bread.md\n");
  const auto shown = in.millrace_on_terminal({"search", "sourdough"});
  CHECK_THAT(shown, Catch::Contains("1. ") && Catch::Contains("bread.md, document "));
  CHECK_THAT(shown, Catch::Contains("\x1b[1m") && Catch::Contains("ourdough\x1b[0m"));
}

TEST_CASE("bytes that were ingested before are told at the next submit") {
  const sandbox in;
  const auto file = in.write("a.md", "# A\n\nSome text.\n");
  REQUIRE(in.millrace({"submit", file}).code == 0);
  REQUIRE(in.millrace({"run", "--until-idle"}).code == 0);
  const auto again = json::parse(in.millrace({"submit", file, "--json"}).out)["jobs"][0];
  CHECK(again["code"] == "UPLOAD_DEDUP_HIT");
  CHECK(again["message"] == "the same bytes were submitted with job 1");
  REQUIRE(in.millrace({"run", "--until-idle"}).code == 0);
  const auto job = json::parse(in.millrace({"job", "2", "--json"}).out);
  CHECK(job["state"] == "done");
  CHECK(job["code"] == "UPLOAD_DEDUP_HIT");
}

TEST_CASE("submit --wait waits for a runtime, which ends on SIGTERM with 0") {
  const sandbox in;
  REQUIRE(in.millrace({"migrate"}).code == 0);
  const auto runtime = in.start({"run"});
  runtime.wait_for_error("RUNTIME_STARTING");
  const auto good = in.millrace({"submit", in.write("a.md", "# A\n\nText.\n"), "--wait"});
  CHECK(good.code == 0);
  CHECK_THAT(good.err, Catch::Contains("1 done, 0 failed"));
  const auto bad = in.millrace({"submit", in.write("b.md", ""), "--wait", "--json"});
  CHECK(bad.code == 1);
  CHECK_THAT(bad.err, Catch::Contains("job 2 is deadletter: FILE_EMPTY"));
  CHECK(json::parse(bad.out)["failed"][0]["code"] == "FILE_EMPTY");
  runtime.signal(SIGTERM);
  CHECK(runtime.wait().code == 0);
}

TEST_CASE("a pipeline of the .ini file runs") {
  const sandbox in;
  const auto file = in.write("m.ini", R"(
[pipeline.p]
stages = one, two
[stage.p.one]
handler = sleep:1ms
[stage.p.two]
handler = fail:NO_LUCK
)");
  const auto millrace = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--config", file});
    return in.millrace(words);
  };
  REQUIRE(millrace({"submit", "--pipeline", "p"}).code == 0);
  CHECK(millrace({"run", "--until-idle"}).code == 0);
  const auto job = json::parse(millrace({"job", "1", "--json"}).out);
  CHECK(job["state"] == "deadletter");
  CHECK(job["stage"] == "two");
  CHECK(job["code"] == "NO_LUCK");
}

TEST_CASE("a pipeline with an unknown handler is a wrong configuration") {
  const sandbox in;
  const auto done = in.millrace(
      {"run", "--until-idle", "--pipeline.p.stages", "one", "--stage.p.one.handler", "nop"});
  CHECK(done.code == 2);
  CHECK_THAT(done.err, Catch::Contains("nop") && Catch::Contains("noop"));
}
