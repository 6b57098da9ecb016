#include "tests/app/sandbox.hpp"
#include "tests/support/paths.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <string>

namespace {

using millrace::tests::sandbox;
using nlohmann::json;

}  // namespace

TEST_CASE("questions about the project's own pages find them") {
  const sandbox in;
  const auto docs = millrace::tests::source_path("docs");
  const auto docs_questions =
      millrace::tests::source_path("tests/app/documents/questions/docs.tsv");
  REQUIRE(in.millrace({"submit", docs}).code == 0);
  REQUIRE(in.millrace({"run", "--until-idle"}).code == 0);
  const auto measured = in.millrace({"eval", docs_questions, "--by", "words", "--json"});
  INFO(measured.out);
  REQUIRE(measured.code == 0);
  const auto words = json::parse(measured.out)["words"];
  CHECK(words["questions"] >= 78);
  // Measured: 0.845 and 0.958.
  CHECK(words["mrr"] >= 0.8);
  CHECK(words["recall_5"] >= 0.92);
  // Figures that stayed are no loss; those that were higher are.
  const auto same = in.write("same.json", measured.out);
  CHECK(in.millrace({"eval", docs_questions, "--by", "words", "--baseline", same}).code == 0);
  auto better = json::parse(measured.out);
  better["words"]["mrr"] = 1.01;
  const auto higher = in.write("better.json", better.dump());
  CHECK(in.millrace({"eval", docs_questions, "--by", "words", "--baseline", higher}).code == 1);
}
