#include "tests/app/sandbox.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <string>

using millrace::tests::sandbox;
using millrace::tests::wait_until;
using nlohmann::json;

namespace {

/// A pipeline p whose first stage has that name.
std::string with_stage(const sandbox& in, const std::string& stage, const std::string& handler) {
  return in.write(stage + ".ini",
                  fmt::format("[pipeline.p]\nstages = {0}, z\n[stage.p.{0}]\nhandler = {1}\n"
                              "[stage.p.z]\nhandler = noop\n",
                              stage, handler));
}

}  // namespace

TEST_CASE(
    "after a deploy that renamed a stage its jobs are moved, and every advice on the way works") {
  const sandbox in;
  const auto before = with_stage(in, "a", "fail:BAD");
  const auto after = with_stage(in, "b", "noop");
  const auto submit = [&] {
    REQUIRE(
        in.millrace({"submit", "--pipeline", "p", "--payload", "{}", "--config", before}).code ==
        0);
  };
  submit();
  submit();
  REQUIRE(in.millrace({"run", "--until-idle", "--config", before}).code == 0);
  submit();
  REQUIRE(in.millrace({"pause", "a", "--pipeline", "p", "--config", before}).code == 0);

  // Paused under the old name: the advice is followed as it stands.
  const auto paused = in.millrace({"explain", "3", "--config", after});
  CHECK_THAT(paused.out, Catch::Contains("STAGE_PAUSED") &&
                             Catch::Contains("`millrace resume a --pipeline p`"));
  CHECK(in.millrace({"resume", "a", "--pipeline", "p", "--config", after}).code == 0);
  const auto stranded = in.millrace({"explain", "3", "--config", after});
  CHECK_THAT(stranded.out, Catch::Contains("`millrace move 3 --to STAGE`"));

  // A dead one can be replayed from any stage that there is.
  CHECK(in.millrace({"replay", "1", "--from", "b", "--config", after}).code == 0);
  const auto counted = in.millrace(
      {"move", "--pipeline", "p", "--stage", "a", "--to", "b", "--dry-run", "--config", after});
  CHECK(counted.code == 0);
  CHECK(counted.out == "p\ta\tdeadletter\t1\np\ta\tqueued\t1\n");
  const auto moved =
      in.millrace({"move", "--pipeline", "p", "--stage", "a", "--to", "b", "--config", after});
  CHECK(moved.code == 0);
  CHECK(moved.out == "moved: 2\n");
  const auto again =
      in.millrace({"move", "--pipeline", "p", "--stage", "a", "--to", "b", "--config", after});
  CHECK(again.code == 0);
  CHECK(again.out == "no job that waits or has died matches\n");
  REQUIRE(in.millrace({"run", "--until-idle", "--config", after}).code == 0);
  for (int id = 1; id <= 3; ++id)
    CHECK(job_document(in, id)["state"] == "done");
  CHECK_THAT(in.millrace({"events", "--job", "2", "--config", after}).out,
             Catch::Contains("MOVED") && Catch::Contains("from a to b by "));
}

TEST_CASE("one job is moved by its id, and a move that cannot be is refused with what is true") {
  const sandbox in;
  const auto ini = with_stage(in, "a", "noop");
  REQUIRE(in.millrace({"submit", "--pipeline", "p", "--payload", "{}", "--config", ini}).code == 0);
  const auto done = in.millrace({"move", "1", "--to", "z", "--config", ini});
  CHECK(done.code == 0);
  CHECK(done.out == "job 1 is queued at z of p\n");
  const auto same = in.millrace({"move", "1", "--to", "z", "--config", ini});
  CHECK(same.code == 1);
  CHECK_THAT(same.err, Catch::Contains("it waits at z already"));
  const auto missing = in.millrace({"move", "99", "--to", "z", "--config", ini});
  CHECK(missing.code == 1);
  CHECK_THAT(missing.err,
             Catch::Contains("there is no job 99") && Catch::Contains("`millrace jobs`"));
  const auto typo = in.millrace({"move", "1", "--to", "zz", "--config", ini});
  CHECK(typo.code == 2);
  CHECK(in.millrace({"move", "1", "--to", "a", "--to-pipeline", "q", "--config", ini}).code == 2);
  CHECK(in.millrace({"move", "--to", "a", "--config", ini}).code == 2);
  CHECK(in.millrace({"move", "1", "--config", ini}).code == 2);
  CHECK(in.millrace({"move", "1", "--to", "a", "--stage", "z", "--config", ini}).code == 2);
}

TEST_CASE("jobs of a renamed pipeline are moved into the one that took its place") {
  const sandbox in;
  const auto before = with_stage(in, "a", "noop");
  const auto after =
      in.write("after.ini", "[pipeline.q]\nstages = b\n[stage.q.b]\nhandler = noop\n");
  REQUIRE(in.millrace({"submit", "--pipeline", "p", "--payload", "{}", "--config", before}).code ==
          0);
  const auto lost = in.millrace({"explain", "1", "--config", after});
  CHECK_THAT(lost.out, Catch::Contains("does not know the pipeline") &&
                           Catch::Contains("`millrace move 1 --to-pipeline"));
  CHECK(in.millrace({"move", "--pipeline", "p", "--to-pipeline", "q", "--to", "b", "--yes",
                     "--config", after})
            .out == "moved: 1\n");
  REQUIRE(in.millrace({"run", "--until-idle", "--config", after}).code == 0);
  CHECK(job_document(in, 1)["state"] == "done");
  CHECK(job_document(in, 1)["pipeline"] == "q");
}
