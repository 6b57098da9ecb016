#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string>

// Jobs with concurrency keys in the real runtime.
using millrace::tests::sandbox;
using nlohmann::json;

TEST_CASE("jobs with the same key are at work one after the other, and others beside them") {
  const sandbox in;
  // Each handler marks that it is at work, and fails where another one of its key is.
  const auto folder = in.folder().string();
  const auto handler = in.write("h.sh", fmt::format(R"sh(cd {}
key=$(sed 's/.*"payload":"\([a-z]*\)".*/\1/')
mkdir "$key" || exit 65
sleep 0.05
rmdir "$key"
)sh",
                                                    folder));
  const auto config = in.write("m.ini", fmt::format("[pipeline.p]\nstages = a\n[stage.p.a]\n"
                                                    "concurrency = 8\nhandler = exec-once:sh {}\n",
                                                    handler));
  for (const auto* key : {"x", "x", "y", "x", "y", "x"})
    REQUIRE(in.shell(fmt::format("millrace submit --pipeline p --payload '\"{0}\"' "
                                 "--concurrency-key {0} --config {1}",
                                 key, config))
                .code == 0);
  const auto waits = in.millrace({"explain", "2", "--config", config});
  CHECK(waits.code == 0);
  const auto lines = in.write("jobs.jsonl",
                              "{\"payload\": \"x\", \"concurrency_key\": \"x\"}\n"
                              "{\"payload\": \"z\"}\n");
  REQUIRE(
      in.shell(fmt::format("millrace submit --pipeline p --batch {} --config {}", lines, config))
          .code == 0);
  const auto done = in.millrace({"run", "--until-idle", "--config", config});
  INFO(done.err);
  REQUIRE(done.code == 0);
  for (int id = 1; id <= 8; ++id) {
    const auto job = job_document(in, id);
    INFO(job.dump());
    CHECK(job["state"] == "done");
  }
  CHECK(job_document(in, 3)["concurrency_key"] == "y");
  CHECK(job_document(in, 8)["concurrency_key"] == "");
}
