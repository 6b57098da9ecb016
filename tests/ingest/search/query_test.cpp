#include "ingest/search/query.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace millrace::ingest::search {
namespace {

/// The words as they were written, each with a sign for its role; those of a phrase in brackets.
std::string read(std::string_view text) {
  std::string shown;
  for (const auto& word : read_query(analyser_of_thread(), text).words) {
    if (word.whole)
      continue;
    shown += shown.empty() ? "" : " ";
    shown += word.as == query::role::required ? "+" : word.as == query::role::excluded ? "-" : "";
    shown += word.phrase != 0 ? "[" + word.alternatives.front().term + "]"
                              : word.alternatives.front().term;
  }
  return shown;
}

TEST_CASE("a query is words, of which some are required, excluded or a phrase") {
  CHECK(read("Stop the Wheel") == "stop the wheel");
  CHECK(read("stop -wheel +water") == "stop -wheel +water");
  CHECK(read(R"(a "water wheel" b)") == "a +[water] +[wheel] b");
  CHECK(read(R"(a -"water wheel")") == "a -[water] -[wheel]");
  CHECK(read("").empty());
  CHECK(read(" \t\n").empty());
  CHECK(read("??? !!!").empty());
}

TEST_CASE("signs that are no signs of a query belong to words, or to nothing") {
  CHECK(read("what does -k do") == "what does k do");
  CHECK(read("--help") == "help");
  CHECK(read("C++ -C#") == "c++ -c#");
  CHECK(read("full-text") == "full-text");
  CHECK(read(R"("unclosed phrase)") == "unclosed phrase");
  CHECK(read(R"("")").empty());
  CHECK(read("a - b + c") == "a b c");
}

TEST_CASE("a query of nothing but excluded words asks for these") {
  CHECK(read("-wheel") == "wheel");
  CHECK(read("-wheel -water") == "wheel water");
}

TEST_CASE("a word is asked for in its other forms, and an identifier by its parts too") {
  const auto words = read_query(analyser_of_thread(), "getUserName").words;
  REQUIRE(words.size() == 4);
  CHECK(words[0].alternatives.front().term == "getusername");
  CHECK(words[1].whole == 0U);
  CHECK(words[1].weight < words[0].weight);
  const auto pumps = read_query(analyser_of_thread(), "pumps").words;
  REQUIRE(pumps.size() == 1);
  CHECK(pumps[0].alternatives.front().quality == 1);
  bool has_stem = false;
  for (const auto& one : pumps[0].alternatives)
    has_stem = has_stem || (one.term == "en~pump" && one.quality < 1);
  CHECK(has_stem);
}

TEST_CASE("a query has no more words than are looked for") {
  std::string text;
  for (int n = 0; n < 1000; ++n)
    text += "w" + std::to_string(n) + " ";
  CHECK(read_query(analyser_of_thread(), text).words.size() == most_query_words);
}

}  // namespace
}  // namespace millrace::ingest::search
