#include "pipeline/tracing/otlp.hpp"

#include "pipeline/tracing/job_spans.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <string>

using namespace millrace;
using namespace millrace::pipeline::tracing;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr time_point span_begin{12h};

json document_of(const span& one) {
  return json::parse(to_otlp({&one, 1}, {.service_name = "mill \"east\"", .version = "1.2.3"}));
}

json span_in(const json& document) {
  return document.at("resourceSpans").at(0).at("scopeSpans").at(0).at("spans").at(0);
}

span plain_span() {
  span one;
  one.trace.back() = 0xab;
  one.id.front() = 0xcd;
  one.name = "attempt p.a";
  one.begin = span_begin;
  one.end = span_begin + 1500us;
  return one;
}

}  // namespace

TEST_CASE("a span is written as OTLP wants it: ids in hexadecimal, numbers of 64 bits as texts") {
  auto one = plain_span();
  one.attributes = {{"millrace.job.id", std::int64_t{7}},
                    {"millrace.tenant", std::string{"a \"b\" \n\\"}}};
  const auto document = document_of(one);
  const auto& resource = document["resourceSpans"][0]["resource"]["attributes"];
  CHECK(resource[0] ==
        json{{"key", "service.name"}, {"value", {{"stringValue", "mill \"east\""}}}});
  const auto written = span_in(document);
  CHECK(written["traceId"] == "000000000000000000000000000000ab");
  CHECK(written["spanId"] == "cd00000000000000");
  CHECK_FALSE(written.contains("parentSpanId"));
  CHECK_FALSE(written.contains("status"));
  CHECK(written["kind"] == 1);
  CHECK(written["startTimeUnixNano"] == "43200000000000");
  CHECK(written["endTimeUnixNano"] == "43200001500000");
  CHECK(written["attributes"][0] ==
        json{{"key", "millrace.job.id"}, {"value", {{"intValue", "7"}}}});
  CHECK(written["attributes"][1]["value"]["stringValue"] == "a \"b\" \n\\");
}

TEST_CASE("a span that failed says why, and none ends before it begins") {
  auto one = plain_span();
  one.parent.back() = 1;
  one.end = span_begin - 1h;
  one.has_failed = true;
  one.message = "E_X: it broke";
  const auto written = span_in(document_of(one));
  CHECK(written["parentSpanId"] == "0000000000000001");
  CHECK(written["endTimeUnixNano"] == written["startTimeUnixNano"]);
  CHECK(written["status"] == json{{"code", 2}, {"message", "E_X: it broke"}});
}

TEST_CASE("what a submitter chose is written as UTF-8 in one line") {
  const auto spans = spans_of(plain_span().trace, {7, "p", "c\xff\n", "t\x01"},
                              {.stage = "a",
                               .epoch = 3,
                               .waits_since = span_begin,
                               .began = span_begin,
                               .ended = span_begin + 1s,
                               .written = span_begin + 2s,
                               .outcome = "retried",
                               .has_failed = true,
                               .code = "E_X",
                               .message = std::string(10'000, 'x')});
  REQUIRE(spans.size() == 3);
  const auto text = to_otlp(spans, {});
  CHECK(json::accept(text));
  CHECK(text.size() < 5'000);
}

TEST_CASE("a collector that takes a part says how much it refused, as a text or a number") {
  CHECK(read_partial_success(R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"full"}})")
            .refused == 3);
  CHECK(read_partial_success(R"({"partialSuccess":{"rejectedSpans":2}})").refused == 2);
  CHECK(read_partial_success(R"({"partialSuccess":{"errorMessage":"look"}})").refused == 0);
  for (const auto* body : {"", "{}", "[]", "null", "no", R"({"partialSuccess":7})",
                           R"({"partialSuccess":{"rejectedSpans":"many"}})",
                           R"({"partialSuccess":{"rejectedSpans":[1]}})"}) {
    CAPTURE(body);
    CHECK(read_partial_success(body).refused == 0);
  }
}

TEST_CASE("traces go to the path of OTLP where the address has none") {
  CHECK(traces_url("http://c:4318") == "http://c:4318/v1/traces");
  CHECK(traces_url("http://c:4318/") == "http://c:4318/v1/traces");
  CHECK(traces_url("https://c/otlp/v1/traces") == "https://c/otlp/v1/traces");
  CHECK(traces_url("https://c/otlp/") == "https://c/otlp/");
}
