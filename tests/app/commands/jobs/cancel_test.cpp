#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>

#include <string>

using millrace::tests::sandbox;

namespace {

std::string two_stages(const sandbox& in) {
  return in.write("m.ini",
                  "[pipeline.p]\nstages = a, b\n[stage.p.a]\nhandler = noop\n[stage.p.b]\n"
                  "handler = noop\n");
}

}  // namespace

TEST_CASE("all unfinished jobs that match are cancelled, and deleted after that") {
  const sandbox in;
  const auto ini = two_stages(in);
  for (int i = 0; i < 3; ++i)
    REQUIRE(in.millrace({"submit", "--pipeline", "p", "--payload", "{}", "--config", ini}).code ==
            0);
  CHECK(in.millrace({"cancel", "--pipeline", "p", "--dry-run", "--config", ini}).out ==
        "p\ta\tqueued\t3\n");
  CHECK(in.millrace({"cancel", "--pipeline", "p", "--limit", "1", "--config", ini}).out ==
        "cancelled: 1\n");
  CHECK(in.millrace({"cancel", "--pipeline", "p", "--config", ini}).out == "cancelled: 2\n");
  CHECK(in.millrace({"cancel", "--pipeline", "p", "--config", ini}).out ==
        "no unfinished job matches\n");
  CHECK(in.millrace({"cancel", "--config", ini}).code == 2);
  CHECK(in.millrace({"cancel", "1", "--pipeline", "p", "--config", ini}).code == 2);

  CHECK(in.millrace({"delete", "--config", ini}).code == 2);
  CHECK(in.millrace({"delete", "--state", "queued", "--config", ini}).code == 2);
  CHECK(in.millrace({"delete", "--state", "cancelled", "--dry-run", "--config", ini}).out ==
        "p\ta\t\t3\n");
  CHECK(in.millrace({"delete", "--state", "cancelled", "--config", ini}).out == "deleted: 3\n");
  CHECK(in.millrace({"jobs", "--config", ini}).out.empty());
  CHECK_THAT(in.millrace({"events", "--code", "ORDERED", "--config", ini}).out,
             Catch::Contains("3 jobs are deleted by"));
}
