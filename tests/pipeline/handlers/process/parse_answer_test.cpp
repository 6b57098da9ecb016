#include "pipeline/handlers/process/parse_answer.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <chrono>
#include <string>

namespace {

using namespace millrace;
using namespace millrace::pipeline;
using namespace std::chrono_literals;
namespace external = millrace::pipeline::external;

constexpr time_point now{100s};

std::string output_of(const advance& what) {
  for (const auto& effect : what.effects)
    if (const auto* output = std::get_if<effects::write_output>(&effect))
      return output->json;
  return "nothing";
}

std::string children_of(const advance& what) {
  std::string all;
  for (const auto& effect : what.effects)
    if (const auto* made = std::get_if<effects::make_children>(&effect))
      for (const auto& one : made->jobs)
        all += fmt::format(" {}({}){}", one.pipeline, one.payload,
                           one.priority ? fmt::format("@{}", *one.priority) : "");
  return all;
}

std::string seconds(duration d) {
  return fmt::format("{:g}", std::chrono::duration<double>(d).count());
}

/// "PIPELINE(PAYLOAD)@PRIORITY +WAIT KEY/WHILE/CONFLICT CORRELATION TENANT TAGS" of each.
std::string made_by(const advance& what) {
  std::string all;
  for (const auto& effect : what.effects)
    if (const auto* made = std::get_if<effects::make_jobs>(&effect))
      for (const auto& one : made->jobs)
        all += fmt::format(" {}({})@{} +{} {}/{}/{} {} {} [{}]", one.pipeline, one.payload,
                           one.priority, one.run_at ? seconds(*one.run_at - now) : "0", one.unique,
                           to_string(one.unique_while), to_string(one.on_conflict),
                           one.correlation_id.value_or("its"), one.tenant.value_or("its"),
                           fmt::join(one.tags, ","));
  return all;
}

struct describe {
  std::string operator()(const advance& one) const {
    return "advance " + output_of(one) + children_of(one) + made_by(one);
  }
  std::string operator()(const retry& one) const {
    return fmt::format("retry {} {} {}", one.code, one.why,
                       one.after ? seconds(*one.after) : "backoff");
  }
  std::string operator()(const snooze& one) const {
    return fmt::format("snooze {} {}", seconds(one.until - now), one.why);
  }
  std::string operator()(const reject& one) const {
    return fmt::format("reject {} {}", one.code, one.why);
  }
  template <class Other>
  std::string operator()(const Other&) const {
    return "something else";
  }
};

/// What was read, in words.
std::string read(std::string_view text) {
  const auto read = external::parse_answer(text, now);
  if (const auto* bad = std::get_if<external::unusable>(&read))
    return "unusable: " + bad->why;
  const auto& said = std::get<external::answer>(read);
  const auto id = said.id ? std::to_string(*said.id) : "no id";
  if (const auto* far = std::get_if<progress>(&said.what))
    return fmt::format("{}: progress {} {}", id,
                       far->percent ? fmt::to_string(*far->percent) : "unknown", far->message);
  return id + ": " + std::visit(describe{}, std::get<outcome>(said.what));
}

TEST_CASE("an answer says what becomes of a job") {
  struct {
    const char* text;
    const char* means;
  } const table[] = {
      {R"({"id": 7, "advance": {"b": [1, 2]}})", R"(7: advance {"b": [1, 2]})"},
      {R"({"id": 7, "advance": {"n": 123456789012345678901234567890, "x": 1.10, "x": 1e2} })",
       R"(7: advance {"n": 123456789012345678901234567890, "x": 1.10, "x": 1e2})"},
      {R"({"id": 7, "advance": null, "children": [{"pipeline": "p", "payload": {"b": 1.10, "a": 1e2}}]})",
       R"(7: advance nothing p({"b": 1.10, "a": 1e2}))"},
      {R"({"advance": null, "id": 7})", "7: advance nothing"},
      {R"({"id": 7, "advance": 1, "children": [{"pipeline": "p", "payload": [1], "priority": -2}, {"pipeline": "q"}]})",
       "7: advance 1 p([1])@-2 q()"},
      {R"({"id": 7, "advance": null, "children": []})", "7: advance nothing"},
      {R"({"id": 7, "advance": 1, "jobs": [{"pipeline": "p"}, {"pipeline": "q", "payload": {"a": 1e2}, "priority": -2, "at": "+10m", "unique": "k", "unique_while": "done", "on_conflict": "replace", "correlation": "c", "tenant": "t", "tags": ["x", "y"]}]})",
       R"(7: advance 1 p()@0 +0 /unfinished/keep its its [] q({"a": 1e2})@-2 +600 k/done/replace c t [x,y])"},
      {R"({"id": 7, "advance": null, "jobs": [{"pipeline": "p", "payload": null, "at": null}], "children": []})",
       "7: advance nothing p()@0 +0 /unfinished/keep its its []"},
      {R"({"advance": "text"})", R"(no id: advance "text")"},
      {R"({"id": 7, "advance": false})", "7: advance false"},
      {R"({"id": 7, "retry": {}})", "7: retry HANDLER_FAILED  backoff"},
      {R"({"id": 7, "retry": {"code": "BUSY", "why": "later", "after": 1.5}})",
       "7: retry BUSY later 1.5"},
      {R"({"id": 7, "snooze": {"for": 60, "why": "not yet"}})", "7: snooze 60 not yet"},
      {R"({"id": 7, "reject": {"code": "BAD_1", "why": "a\nb"}})", "7: reject BAD_1 a b"},
      {R"({"id": 7, "reject": {}})", "7: reject HANDLER_FAILED "},
      {R"({"id": 7, "advance": "\u0000"})",
       "7: reject HANDLER_ANSWER the output has a NUL character (\\u0000), which cannot be stored"},
      {R"({"id": 7, "retry": {"code": "X", "why": "cut \ud83e"}})",
       "7: retry X cut \uFFFD backoff"},
      {R"({"id": 7, "retry": {"code": "X", "why": "\\ud83e \ud83e\udd80"}})",
       "7: retry X \\ud83e \U0001F980 backoff"},
      {"{\"id\": 7, \"reject\": {\"code\": \"X\", \"why\": \"cut \xE2\x82\"}}",
       "7: reject X cut \uFFFD"},
      {R"({"id": 7, "progress": 40, "message": "half \udd80"})", "7: progress 40 half \uFFFD"},
      {R"({"id": 7, "progress": 40, "message": "half"})", "7: progress 40 half"},
      {R"({"id": 7, "progress": 0.5})", "7: progress 0.5 "},
      {R"({"id": 7, "progress": null, "message": "half\nway"})", "7: progress unknown half way"},
  };
  for (const auto& [text, means] : table) {
    INFO(text);
    CHECK(read(text) == means);
  }
}

TEST_CASE("what is no answer is refused with the reason and its beginning") {
  struct {
    const char* text;
    const char* why;
  } const table[] = {
      {"", "it is empty"},
      {"Traceback", "it is not JSON: Traceback"},
      {R"({"id": 7, "advance")", "it ends after 19 bytes, in the middle of an object"},
      {"{\"id\": 7, \"advance\": \"\xFF\"}", "it is not UTF-8"},
      {R"({"id": 7, "advance": NaN})", "NaN is not a JSON number; use null"},
      {R"({"id": 7, "advance": 1e400})", "1e400 is too large"},
      {R"({"id": 7, "advance": "\ud83e"})", R"(\ud83e is half a character)"},
      {R"({"id": 7, "advance": 1} {"id": 8, "advance": 1})", "there are two JSON documents"},
      {"[]", "it is not a JSON object"},
      {"7", "it is not a JSON object"},
      {R"({"id": 7})", "not exactly one of"},
      {R"({"id": 7, "advance": 1, "retry": {}})", "not exactly one of"},
      {R"({"id": "7", "advance": 1})", R"("id" is not a whole number)"},
      {R"({"id": 7.5, "advance": 1})", R"("id" is not a whole number)"},
      {R"({"id": 7, "retry": {}, "children": []})", R"("children" goes with "advance" only)"},
      {R"({"id": 7, "advance": 1, "children": {}})", R"("children" is not a list)"},
      {R"({"id": 7, "advance": 1, "children": [{}]})", R"("a child" names no "pipeline")"},
      {R"({"id": 7, "advance": 1, "children": [{"pipeline": "p", "priority": 3000000000}]})",
       R"("priority" is not a whole number)"},
      {R"({"id": 7, "advance": 1, "children": [{"pipeline": "p", "payload": "\u0000"}]})",
       R"("payload" has a NUL character)"},
      {R"({"id": 7, "advance": 1, "children": [{"pipeline": "p", "at": 1}]})",
       R"(a child does not know "at")"},
      {R"({"id": 7, "retry": {}, "jobs": []})", R"("jobs" goes with "advance" only)"},
      {R"({"id": 7, "advance": 1, "jobs": {}})", R"("jobs" is not a list)"},
      {R"({"id": 7, "advance": 1, "jobs": [1]})", "a job is not an object"},
      {R"({"id": 7, "advance": 1, "jobs": [{}]})", "a job names no `pipeline`"},
      {R"({"id": 7, "advance": 1, "jobs": [{"pipeline": "p", "stage": "s"}]})",
       "a job has no `stage`"},
      {R"({"id": 7, "advance": 1, "jobs": [{"pipeline": 1}]})", "`pipeline` must be a text"},
      {R"({"id": 7, "advance": 1, "jobs": [{"pipeline": "p", "at": "soon"}]})",
       "`soon` is no time"},
      {R"({"id": 7, "advance": 1, "jobs": [{"pipeline": "p", "priority": 3000000000}]})",
       "`priority` must be a whole number"},
      {R"({"id": 7, "advance": 1, "jobs": [{"pipeline": "p", "priority": 18446744073709551615}]})",
       "`priority` must be a whole number"},
      {R"({"id": 7, "advance": 1, "children": [{"pipeline": "p", "priority": 18446744073709551615}]})",
       R"("priority" is not a whole number)"},
      {R"({"id": 7, "advance": 1, "jobs": [{"pipeline": "p", "unique_while": "done"}]})",
       "go with `unique`"},
      {R"({"id": 7, "advance": 1, "jobs": [{"pipeline": "p\n"}]})",
       "the pipeline has a control character"},
      {R"({"id": 7, "advance": 1, "jobs": [{"pipeline": "p", "payload": "\u0000"}]})",
       "the payload is not a JSON document without NUL"},
      {R"({"id": 7, "advance": 1, "jobs": [{"pipeline": "p", "on_conflict": "reject"}]})",
       "`on_conflict` is `reject`, which is unknown"},
      {R"({"id": 7, "advance": 1, "jobs": [{"pipeline": "p", "tags": ["a\n"]}]})",
       "the tag has a control character"},
      {R"({"id": 7, "advance": 1, "output": 2})", R"(an answer does not know "output")"},
      {R"({"id": 7, "retry": "no"})", R"("retry" is not an object)"},
      {R"({"id": 7, "retry": {"after": -1}})", R"("after" is not a number of seconds)"},
      {R"({"id": 7, "retry": {"code": "busy"}})", R"("code" is not 1 to 64 upper-case)"},
      {R"({"id": 7, "retry": {"reason": "x"}})", R"(retry does not know "reason")"},
      {R"({"id": 7, "retry": {"why": 1}})", R"("why" is not a string)"},
      {R"({"id": 7, "snooze": {}})", R"("snooze" says no "for")"},
      {R"({"id": 7, "progress": 101})", R"("progress" is not a number from 0 to 100)"},
      {R"({"id": 7, "progress": -1})", R"("progress" is not a number from 0 to 100)"},
      {R"({"id": 7, "progress": "40"})", R"("progress" is not a number from 0 to 100)"},
      {R"({"id": 7, "message": "half"})", "not exactly one of"},
      {R"({"id": 7, "progress": 1, "retry": {}})", "not exactly one of"},
      {R"({"id": 7, "progress": 1, "why": ""})", R"(progress does not know "why")"},
  };
  for (const auto& [text, why] : table) {
    INFO(text);
    CHECK_THAT(read(text), Catch::StartsWith("unusable: ") && Catch::Contains(why));
  }
}

TEST_CASE("an answer that is nested too deep is refused at once") {
  const auto nested = [](std::size_t depth) {
    return R"({"id": 7, "advance": )" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  CHECK_THAT(read(nested(511)), Catch::StartsWith("7: advance [["));
  CHECK_THAT(read(nested(512)), Catch::Contains("nested deeper than 512"));
  CHECK_THAT(read(nested(500'000)), Catch::Contains("nested deeper than 512"));
  CHECK_THAT(read(R"({"id": 7, "advance": "[[\"[["})"), Catch::StartsWith("7: advance"));
}

TEST_CASE("a wait that is longer than a year is a year, and says so") {
  CHECK(read(R"({"id": 7, "retry": {"code": "BUSY", "why": "later", "after": 9999999999999}})") ==
        R"(7: retry BUSY later ("after" is 1e+13 s, taken as 365d) 3.1536e+07)");
  CHECK(read(R"({"id": 7, "snooze": {"for": 1e300}})") ==
        R"(7: snooze 3.1536e+07 ("for" is 1e+300 s, taken as 365d))");
  CHECK(read(R"({"id": 7, "snooze": {"for": 31536000}})") == "7: snooze 3.1536e+07 ");
}

TEST_CASE("an output that is too large is a reject, and one byte less is not") {
  const auto text_of = [](std::size_t size) {
    return fmt::format(R"({{"id": 7, "advance": "{}"}})", std::string(size - 2, 'x'));
  };
  CHECK_THAT(read(text_of(external::max_output)), Catch::StartsWith("7: advance"));
  CHECK(read(text_of(external::max_output + 1)) ==
        "7: reject HANDLER_OUTPUT_TOO_LARGE the output has 1048577 bytes, 1048576 are allowed");
}

TEST_CASE("a line that begins as the answer for a job is known as its, whatever follows") {
  CHECK(external::names_job(R"({"id": 17, "advance": NaN})", 17));
  CHECK(external::names_job(R"( { "id" :17)", 17));
  for (const auto* text : {"", "{", R"({"id": 177})", R"({"id": 1})", "hello", R"({"x": 17})"}) {
    INFO(text);
    CHECK_FALSE(external::names_job(text, 17));
  }
}

}  // namespace
