#include "pipeline/handlers/process/split_words.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>

namespace {

std::string split(std::string_view text) {
  const auto words = millrace::pipeline::external::split_words(text);
  return words ? fmt::format("{}", fmt::join(*words, "|")) : "refused";
}

TEST_CASE("a command line is split at blanks and by quotes, and nothing else is done to it") {
  struct {
    const char* text;
    const char* words;
  } const table[] = {
      {"", ""},
      {"  \t ", ""},
      {"python3 fetch.py", "python3|fetch.py"},
      {"  a \t b\n", "a|b"},
      {"'a b' c", "a b|c"},
      {R"("a b" c)", "a b|c"},
      {R"(a'b c'd)", "ab cd"},
      {R"('' "" x)", "||x"},
      {R"("say \"hi\" \\ \n")", R"(say "hi" \ \n)"},
      {R"('it\s')", R"(it\s)"},
      {R"(a\ b \'c)", "a b|'c"},
      {R"($HOME `id` * ; > x)", "$HOME|`id`|*|;|>|x"},
      {"'a", "refused"},
      {"\"a", "refused"},
      {"a\\", "refused"},
  };
  for (const auto& [text, words] : table) {
    INFO(text);
    CHECK(split(text) == words);
  }
}

}  // namespace
