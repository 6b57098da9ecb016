#include "app/commands/submit/job_line.hpp"

#include "app/commands/submit/line_reader.hpp"
#include "pipeline/job_fields.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace {

using namespace millrace;
using namespace millrace::app;
using namespace std::chrono_literals;

constexpr time_point noon{std::chrono::hours{12}};

const storage::new_job model{
    .pipeline = 3, .priority = 2, .payload = {}, .tenant = "all", .tags = {"t"}};

storage::new_job read(std::string_view line) {
  return read_job_line(line, model, {{}, pipeline::unique_scope::done, {}}, noon);
}

std::string complaint(std::string_view line) {
  try {
    read(line);
  } catch (const pipeline::bad_field& bad) {
    return bad.what();
  }
  return "nothing was wrong";
}

TEST_CASE("a line with the member payload is a job") {
  const auto job = read(
      R"({"payload": {"a": [1, 2]}, "priority": -5, "at": "+90s", "unique": "k", "correlation": "c",)"
      R"( "tenant": "acme", "tags": ["x", "y", "x"]})");
  CHECK(job.pipeline == 3);
  CHECK(job.payload == R"({"a": [1, 2]})");
  CHECK(job.priority == -5);
  CHECK(job.run_at == noon + 90s);
  REQUIRE(job.unique);
  CHECK(job.unique->key == "k");
  CHECK(job.unique->holds_while == pipeline::unique_scope::done);
  CHECK(job.correlation_id == "c");
  CHECK(job.tenant == "acme");
  CHECK(job.tags == std::vector<std::string>{"x", "y"});
}

TEST_CASE("what a line does not say is as the command line says") {
  for (const auto* line : {R"({"payload": null})", R"({"payload": 7})", "7", R"({"a": 1})"}) {
    const auto job = read(line);
    CHECK(job.priority == 2);
    CHECK(job.tenant == "all");
    CHECK(job.tags == std::vector<std::string>{"t"});
    CHECK_FALSE(job.unique);
  }
  CHECK(read(R"({"payload": null})").payload.empty());
}

TEST_CASE("a line without the member payload is the payload") {
  CHECK(read("7\n").payload == "7");
  CHECK(read("  [1, 2] \r\n").payload == "[1, 2]");
  CHECK(read(R"({"priority": 9, "a": {"payload": 1}})").payload ==
        R"({"priority": 9, "a": {"payload": 1}})");
  CHECK(read(R"({"priority": 9})").priority == 2);
}

TEST_CASE("a payload is kept as it is written") {
  CHECK(read(R"({"payload": {"n": 123456789012345678901234567890, "x": 1.10}})").payload ==
        R"({"n": 123456789012345678901234567890, "x": 1.10})");
  CHECK(read(R"({ "tags" : [ "}", "{\"" ] , "payload" : "a,}\"" , "tenant":"t"})").payload ==
        R"("a,}\"")");
  CHECK(read(R"({"p\u0061yload": {"a":1}})").payload == R"({"a":1})");
}

TEST_CASE("a line that is no job says why") {
  CHECK(complaint("{\"payload\": ") ==
        "it is no JSON document: it ends after 11 bytes, in the middle of an object");
  CHECK(complaint("\xff") == "it is no JSON document: it is not JSON");
  CHECK_THAT(complaint(R"({"payload": "\ud83e"})"), Catch::Contains(R"(\ud83e is half)"));
  CHECK_THAT(complaint(R"({"payload": [NaN]})"), Catch::Contains("NaN is not a JSON number"));
  CHECK_THAT(complaint(R"({"payload": 1e400})"), Catch::Contains("1e400 is too large"));
  CHECK_THAT(complaint(R"({"payload": 1, "priority": 1e400})"), Catch::Contains("whole number"));
  CHECK(complaint("1 2") ==
        "it is no JSON document: there are two JSON documents, and one is expected");
  CHECK(complaint(R"({"payload": 1, "priorty": 5})") ==
        "a job has no `priorty`: did you mean `priority`?");
  CHECK_THAT(complaint(R"({"payload": 1, "priority": 5.5})"), Catch::Contains("whole number"));
  CHECK_THAT(complaint(R"({"payload": 1, "priority": 5000000000})"), Catch::Contains("2147483647"));
  CHECK_THAT(complaint(R"({"payload": 1, "at": "soon"})"), Catch::Contains("`soon` is no time"));
  CHECK_THAT(complaint(R"({"payload": 1, "at": 5})"), Catch::Contains("`at` must be a text"));
  CHECK_THAT(complaint(R"({"payload": 1, "tags": "a"})"), Catch::Contains("list"));
  CHECK_THAT(complaint(R"({"payload": 1, "unique": ""})"), Catch::Contains("unique key"));
  CHECK_THAT(complaint(R"({"payload": 1, "tenant": "a\nb"})"), Catch::Contains("control"));
  CHECK_THAT(complaint(R"({"payload": "a\u0000b"})"), Catch::Contains("NUL"));
  CHECK_THAT(complaint(R"("\\\u0000")"), Catch::Contains("NUL"));
  CHECK(complaint(R"("\\u0000")") == "nothing was wrong");
  const auto deep = std::string(80'000, '[') + std::string(80'000, ']');
  CHECK_THAT(complaint(deep), Catch::Contains("nested deeper than"));
  CHECK_THAT(complaint(R"({"payload": )" + deep + "}"), Catch::Contains("nested deeper than"));
}

TEST_CASE("a time is a moment, or one from now on") {
  CHECK(pipeline::read_when("1970-01-02T00:00Z", noon) == time_point{24h});
  CHECK(pipeline::read_when("+10m", noon) == noon + 10min);
  CHECK(pipeline::read_when("+0", noon) == noon);
  for (const auto* text : {"", "+", "-10m", "10m", "+10", "now", "2026-01-01", "+900000000d",
                           "1969-12-31T23:59Z", "0000-01-01T00:00Z"})
    CHECK_THROWS_AS(pipeline::read_when(text, noon), pipeline::bad_field);
}

TEST_CASE("lines are read whole, whatever their length, and the last one without its end") {
  const tests::temp_dir in;
  std::vector<std::string> wanted{"a\n", "\n", std::string(200'000, 'x') + "\n", "\xff\n", "end"};
  std::string text;
  for (const auto& one : wanted)
    text += one;
  line_reader file{in.write("f", text)};
  std::vector<std::string> lines;
  for (std::string line; file.next(line);)
    lines.push_back(line);
  CHECK(lines == wanted);
  std::string line;
  CHECK_FALSE(line_reader{in.write("empty", "")}.next(line));
}

TEST_CASE("a line that never ends is given up") {
  line_reader zeros{"/dev/zero"};
  std::string line;
  CHECK(zeros.next(line));
  CHECK(line.size() > line_reader::longest);
  CHECK(line.size() < 2 * line_reader::longest);
}

}  // namespace
