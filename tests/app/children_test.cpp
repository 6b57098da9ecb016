#include "tests/app/sandbox.hpp"
#include "tests/support/paths.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string>

// The example of docs/children.md in the real runtime.
using millrace::tests::sandbox;
using millrace::tests::source_path;
using nlohmann::json;

namespace {

auto in_examples(const sandbox& in, const std::string& commands) {
  return in.shell("cd " + source_path() + " && c='--config examples/children/children.ini' && " +
                  commands);
}

}  // namespace

TEST_CASE("the example of a job that makes jobs works as it is") {
  const sandbox in;
  const auto run = in_examples(in,
                               "millrace submit $c --pipeline essay --payload"
                               " '{\"text\": \"to be\\n\\nor not to be\"}'"
                               " && millrace run $c --until-idle");
  INFO(run.err);
  CHECK(run.code == 0);
  const auto essay = job_document(in, 1);
  CHECK(essay["state"] == "done");
  CHECK(essay["output"] == json{{"paragraphs", 2}, {"words", 6}});
  CHECK(essay["children"] == json{{"done", 2}});
  CHECK(job_document(in, 2)["parent"] == 1);
  CHECK(job_document(in, 3)["output"] == json{{"words", 4}});
}

TEST_CASE(
    "a child that fails fails its parent, and a retry of the parent gives it another chance") {
  const sandbox in;
  const auto run = in_examples(in,
                               "millrace submit $c --pipeline essay --payload"
                               " '{\"text\": \"to be\\n\\n...\"}'"
                               " && millrace run $c --until-idle");
  INFO(run.err);
  CHECK(run.code == 0);
  CHECK(job_document(in, 1)["code"] == "CHILD_FAILED");
  CHECK(job_document(in, 1)["message"] == "child 3 is deadletter: NO_WORDS");
  CHECK(in_examples(in, "millrace retry 1 $c").code == 0);
  CHECK(job_document(in, 1)["state"] == "queued");
  CHECK(job_document(in, 3)["state"] == "queued");
  const auto cancel = in_examples(in, "millrace cancel 1 $c");
  INFO(cancel.err);
  CHECK(job_document(in, 3)["state"] == "cancelled");
  CHECK(job_document(in, 2)["state"] == "done");
}
