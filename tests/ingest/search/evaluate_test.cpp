#include "ingest/search/evaluate.hpp"

#include "base/error.hpp"

#include <catch2/catch.hpp>

#include <cmath>

namespace millrace::ingest::search {
namespace {

TEST_CASE("questions are read from columns and from JSON") {
  const auto read = read_questions(
      "# a note\n\nhow to stop\ta.md, docs/b.md\r\n"
      R"({"query": "where", "documents": ["c.md"]})");
  REQUIRE(read.size() == 2);
  CHECK(read[0].query == "how to stop");
  CHECK(read[0].right == std::vector<std::string>{"a.md", "docs/b.md"});
  CHECK(read[1].query == "where");
  for (const auto* bad : {"no documents", "\ta.md", "query\t", "query\t,,", "{}", "{\"query\": 1}",
                          R"({"query": "q", "documents": []})"}) {
    INFO(bad);
    CHECK_THROWS_AS(read_questions(std::string{"good\ta.md\n"} + bad), error);
  }
}

TEST_CASE("a document is right by its name, its id, its path or the end of that") {
  const judged_question question{"q", {"docs/b.md", "id-7"}};
  CHECK(is_right(question, {"x", "b.md", "/home/docs/b.md"}));
  CHECK(is_right(question, {"id-7", "x.md", "/x.md"}));
  CHECK_FALSE(is_right(question, {"x", "b.md", "/home/otherdocs/b.md"}));
  CHECK_FALSE(is_right(question, {"x", "b.md", "/home/b.md"}));
}

TEST_CASE("figures are means over the questions, and misses are told") {
  const std::vector<judged_question> questions{
      {"first", {"a"}}, {"third", {"a"}}, {"two", {"a", "b"}}, {"never", {"z"}}};
  const auto made = evaluate(questions, [](const std::string& query) {
    const found_document a{"1", "a", "/a"};
    const found_document b{"2", "b", "/b"};
    const found_document other{"3", "c", "/c"};
    return query == "first"   ? std::vector{a}
           : query == "third" ? std::vector{other, b, a}
           : query == "two"   ? std::vector{a, b}
                              : std::vector{other};
  });
  const auto& is = made.figures;
  CHECK(is.questions == 4);
  CHECK(is.recall_1 == Approx(0.5));
  CHECK(is.recall_3 == Approx(0.75));
  CHECK(is.recall_10 == Approx(0.75));
  CHECK(is.reciprocal_rank == Approx((1 + 1 / 3.0 + 1) / 4));
  CHECK(is.ndcg_10 == Approx((1 + 1 / std::log2(4.0) + 1) / 4));
  REQUIRE(made.misses.size() == 1);
  CHECK(made.misses[0].question.query == "never");
  CHECK(evaluate({}, nullptr).figures.questions == 0);
}

}  // namespace
}  // namespace millrace::ingest::search
