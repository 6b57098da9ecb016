#include "pipeline/handlers/process/job_document.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <string>

namespace {

using namespace millrace;
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
              .priority = -4,
              .correlation_id = "c-1",
              .tenant = "acme",
              .tags = {"a", "b c"},
              .payload = R"({"url": "x"})",
              .output = R"({"size": 7})"}) ==
        R"({"id":17,"epoch":3,"attempt":2,"max_attempts":5,"pipeline":"thumbnails",)"
        R"("stage":"resized","deadline":"1970-01-01T00:00:01.500Z","correlation_id":"c-1",)"
        R"("tenant":"acme","priority":-4,"tags":["a","b c"],)"
        R"("payload":{"url": "x"},"input":{"size": 7}})");
}

TEST_CASE("a handler is told where the trace of the job goes on, if it has one") {
  job one{.id = 1};
  one.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  CHECK(nlohmann::json::parse(tell(one))["traceparent"] == one.traceparent);
  CHECK_FALSE(nlohmann::json::parse(tell({.id = 1})).contains("traceparent"));
}

TEST_CASE("whatever a submitter wrote, the line is one line of JSON") {
  const auto line = tell({.id = 1,
                          .correlation_id = "a\"b\n\xFF",
                          .tenant = "\"\n",
                          .tags = {"\\", "\r\n"},
                          .payload = "{\n  \"a\":\r\n 1}",
                          .output = "no \"JSON\"\n"});
  CHECK(line.find_first_of("\n\r") == std::string::npos);
  const auto read = nlohmann::json::parse(line);
  CHECK(read["correlation_id"] == "a\"b\n\xEF\xBF\xBD");
  CHECK(read["tenant"] == "\"\n");
  CHECK(read["tags"] == nlohmann::json{"\\", "\r\n"});
  CHECK(read["payload"] == nlohmann::json{{"a", 1}});
  CHECK(read["input"] == "no \"JSON\"\n");
  const auto plain = nlohmann::json::parse(tell({}));
  CHECK(plain["payload"].is_null());
  CHECK(plain["tenant"] == "");
  CHECK(plain["tags"] == nlohmann::json::array());
}

}  // namespace
