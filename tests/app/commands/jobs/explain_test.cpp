#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using millrace::tests::sandbox;
using nlohmann::json;

namespace {

json explained(const sandbox& in, const std::string& job) {
  return json::parse(in.millrace({"explain", job, "--json"}).out);
}

}  // namespace

TEST_CASE("explain says why a job waits, and what to do") {
  const sandbox in;
  REQUIRE(in.millrace({"submit", in.write("a.md", "a")}).code == 0);
  const auto alone = explained(in, "1");
  CHECK(alone["job_id"] == 1);
  CHECK(alone["reason"] == "NO_RUNTIME");
  CHECK_THAT(alone["text"].get<std::string>(), Catch::Contains("at stage queued of ingest"));
  CHECK_THAT(alone["next"].get<std::string>(), Catch::Contains("millrace run"));
  REQUIRE(in.millrace({"pause", "queued"}).code == 0);
  const auto shown = in.millrace({"explain", "1"});
  CHECK(shown.code == 0);
  CHECK_THAT(shown.out, Catch::Contains("reason\tSTAGE_PAUSED\n") &&
                            Catch::Contains("next\t`millrace resume queued"));
}

TEST_CASE("explain says what a job died of, and that one is done") {
  const sandbox in;
  REQUIRE(in.millrace({"submit", in.write("a.md", "# a"), in.write("b.md", "")}).code == 0);
  in.millrace({"run", "--until-idle"});
  CHECK(explained(in, "1")["reason"] == "DONE");
  const auto dead = explained(in, "2");
  CHECK(dead["reason"] == "DEAD");
  CHECK_THAT(dead["text"].get<std::string>(), Catch::Contains("FILE_EMPTY"));
  REQUIRE(in.millrace({"submit", in.write("c.md", "# c")}).code == 0);
  CHECK(explained(in, "3")["reason"] == "RUNTIMES_GONE");
}

TEST_CASE("explain ends with 1 for a job that is not there") {
  const sandbox in;
  REQUIRE(in.millrace({"migrate"}).code == 0);
  const auto unknown = in.millrace({"explain", "7", "--json"});
  CHECK(unknown.code == 1);
  CHECK(json::parse(unknown.out)["reason"] == "UNKNOWN");
  CHECK(in.millrace({"explain", "x"}).code == 2);
}
