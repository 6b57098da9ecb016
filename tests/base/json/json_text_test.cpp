#include "base/json/json_text.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace {

using namespace millrace;

std::string trouble(std::string_view text) { return trouble_in_json(text).value_or("none"); }

TEST_CASE("one JSON document is taken, however its numbers and names are written") {
  for (const auto* text :
       {"{}", " [ ] ", "null", "-0", "1.10", "1E+2", "1e-400",
        R"("\ud83e\udd80 \u00e9 é \/ \\u0000")", "123456789012345678901234567890",
        R"({"a": 1, "a": [2, {"b": {}}]})", "\t[\r\n1 , true]"}) {
    INFO(text);
    CHECK(trouble(text) == "none");
    CHECK(is_json(text));
  }
}

TEST_CASE("what is no JSON document is said in words that its author understands") {
  struct {
    const char* text;
    const char* why;
  } const table[] = {
      {"", "it is empty, and one JSON document is expected"},
      {"hello", "it is not JSON"},
      {"01", "it is not JSON"},
      {"NaN", "NaN is not a JSON number; use null"},
      {R"({"score": -Infinity})", "-Infinity is not a JSON number; use null"},
      {"[None]", "None is not JSON; use null"},
      {"[True]", "True is not JSON; use true"},
      {"{'a': 1}", "a string of JSON stands in \", not in '"},
      {"[1e400]", "1e400 is too large for a number; write it as a string"},
      {R"({"name": "\ud83e"})", R"(\ud83e is half a character: a surrogate without the other one)"},
      {R"({"name": "\ud83e\ud83e"})",
       R"(\ud83e is half a character: a surrogate without the other one)"},
      {R"({"\udd80": 1})", R"(\udd80 is half a character: a surrogate without the other one)"},
      {R"(["\u0000"])", R"(it has a NUL character (\u0000), which cannot be stored)"},
      {"[\"\xFF\"]", "it is not UTF-8 (byte 3 is 0xff)"},
      {"[\"a\nb\"]", "a string has the control character 0x0a (byte 4); write \\u000a"},
      {R"(["\x"])", R"(\x is no escape of JSON)"},
      {"{\"a\": 1}\n{\"b\": 2}", "there are two JSON documents, and one is expected"},
      {"{} done", "something stands behind the JSON document: done"},
      {R"({"a": [1, 2)", "it ends after 11 bytes, in the middle of a list"},
      {R"({"a": 1)", "it ends after 7 bytes, in the middle of an object"},
      {R"({"a": "b)", "it ends after 8 bytes, in the middle of a string"},
      {"[1,]", "it is not JSON from byte 4 on (])"},
      {"[1}", "it is not JSON from byte 3 on (})"},
      {R"({"a" 1})", "it is not JSON from byte 6 on (1})"},
  };
  for (const auto& [text, why] : table) {
    INFO(text);
    CHECK(trouble(text) == why);
  }
}

TEST_CASE("depth has a limit, and a document of any depth can be looked through") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(trouble(nested(deepest_json)) == "none");
  CHECK(trouble(nested(deepest_json + 1)) == "it is nested deeper than 512");
  CHECK(is_json(nested(500'000)));
  CHECK(is_json(R"(["\u0000"])"));
  CHECK_FALSE(is_json("[1e400]"));
  CHECK_FALSE(is_json(R"("\ud83e")"));
}

TEST_CASE("a document is taken apart into pieces of its text") {
  std::vector<std::string> members;
  for (const auto& [name, value] :
       members_of(R"( {"a" : [1.10, {"b": 2}] , "n\u0061me":"q\"}","a":1e2})"))
    members.push_back(name + "=" + std::string{value});
  CHECK(members == std::vector<std::string>{R"(a=[1.10, {"b": 2}])", R"(name="q\"}")", "a=1e2"});
  const auto elements = elements_of(R"([ 1.10, {"a": []} ,"x,y"])");
  CHECK(std::vector<std::string>{elements.begin(), elements.end()} ==
        std::vector<std::string>{"1.10", R"({"a": []})", R"("x,y")"});
  CHECK(members_of("{}").empty());
  CHECK(members_of("[1]").empty());
  CHECK(elements_of(" [ ] ").empty());
  CHECK(without_blanks(" \n[1 ]\r\n") == "[1 ]");
}

TEST_CASE("text that was meant to be JSON is told from text that was not") {
  for (const auto* text : {"{\"a\": ", "[1, 2", "{'a': 1}", "NaN", "1e400", "INFO x\n{\"a\": 1}",
                           "\"quoted\" text", "[NaN]", "{"}) {
    INFO(text);
    CHECK(looks_like_json(text));
  }
  for (const auto* text : {"", "done", "3 files", "[INFO] start", "[12:30:01] x", "[1/3] y",
                           "-rw-r--r-- 1 a", "{hello}", "a {\"b\": 1}"}) {
    INFO(text);
    CHECK_FALSE(looks_like_json(text));
  }
}

}  // namespace
