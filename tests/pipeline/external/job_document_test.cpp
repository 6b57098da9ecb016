#include "pipeline/external/job_document.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <string>

namespace {

using namespace millrace::pipeline;
using namespace std::chrono_literals;

std::string tell(const job& what) {
  place where{"thumbnails", {.name = "resized", .max_attempts = 5}};
  std::string line;
  external::append_job(line, what, where, time_point{1500ms});
  return line;
}

TEST_CASE("a handler is told about a job in one line, the id first") {
  CHECK(tell({.id = 17,
              .epoch = 3,
              .attempt = 1,
              .correlation_id = "c-1",
              .payload = R"({"url": "x"})",
              .output = R"({"size": 7})"}) ==
        R"({"id":17,"epoch":3,"attempt":2,"max_attempts":5,"pipeline":"thumbnails",)"
        R"("stage":"resized","deadline":"1970-01-01T00:00:01.500Z","correlation_id":"c-1",)"
        R"("payload":{"url": "x"},"input":{"size": 7}})");
}

TEST_CASE("whatever a submitter wrote, the line is one line of JSON") {
  const auto line = tell({.id = 1,
                          .correlation_id = "a\"b\n\xFF",
                          .payload = "{\n  \"a\":\r\n 1}",
                          .output = "no \"JSON\"\n"});
  CHECK(line.find_first_of("\n\r") == std::string::npos);
  const auto read = nlohmann::json::parse(line);
  CHECK(read["correlation_id"] == "a\"b\n\xEF\xBF\xBD");
  CHECK(read["payload"] == nlohmann::json{{"a", 1}});
  CHECK(read["input"] == "no \"JSON\"\n");
  CHECK(nlohmann::json::parse(tell({}))["payload"].is_null());
}

}  // namespace
