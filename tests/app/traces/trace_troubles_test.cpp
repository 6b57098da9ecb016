#include "tests/app/traces/collector.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

// Collectors that fail, and settings that cannot be.
using namespace millrace::tests;
using namespace std::chrono_literals;

TEST_CASE("a collector that is away, or silent, holds up neither jobs nor the end, and is told") {
  const sandbox in;
  const collector to{in};
  const bool is_silent = GENERATE(true, false);
  if (is_silent)
    to.answer("silent");
  const auto config = in.write("m.ini", (is_silent ? to.settings()
                                                   : "[telemetry]\notlp_endpoint = "
                                                     "http://127.0.0.1:1\n") +
                                            one_stage("noop"));
  submit(in, config);
  const auto began = std::chrono::steady_clock::now();
  const auto done = in.millrace({"run", "--until-idle", "--config", config});
  CHECK(done.code == 0);
  CHECK(std::chrono::steady_clock::now() - began < 30s);
  CHECK(job_document(in, 1)["state"] == "done");
  CHECK_THAT(done.err, Catch::Contains("TRACES_NOT_SENT"));
  CHECK_THAT(done.err, Catch::Contains("telemetry.otlp_endpoint"));
  // All that was lost is told at the end.
  const auto last = done.err.substr(done.err.rfind("TRACES_NOT_SENT"));
  CHECK_THAT(last, Catch::Contains("dropped=4"));
}

TEST_CASE(
    "what a collector refuses for a while is sent again, and what it refuses for good is not") {
  const sandbox in;
  const collector to{in};
  const auto* answers = GENERATE("503\n429\n200 {}", "400 no");
  to.answer(answers);
  const auto config = in.write("m.ini", to.settings() + one_stage("noop"));
  submit(in, config, "--traceparent " + given);
  const auto runtime = in.start({"run", "--config", config});
  const bool is_refused = answers == std::string{"400 no"};
  if (is_refused) {
    runtime.wait_for_error("TRACES_NOT_SENT");
  } else {
    runtime.wait_for_error("TRACES_SENT_AGAIN");
    CHECK(tree{to.spans()}.size() == 4);
    CHECK(to.requests() == 3);
  }
  stop(runtime);
  CHECK(to.faults().empty());
  CHECK((to.requests() == 1) == is_refused);
}

TEST_CASE("spans that the collector drops are told, and the key is sent and never shown") {
  const sandbox in;
  const collector to{in};
  to.answer(R"(200 {"partialSuccess":{"rejectedSpans":"4","errorMessage":"quota"}})");
  const auto key = in.write("key", "sesame-and-more\n");
  const auto config = in.write("m.ini", to.settings("key_file = " + key) + one_stage("noop"));
  submit(in, config);
  const auto done = in.millrace({"run", "--until-idle", "--config", config});
  CHECK_THAT(done.err, Catch::Contains("refused 4 of its 4 spans: quota"));
  CHECK_THAT(done.err, !Catch::Contains("sesame"));
  CHECK(to.spans().at(0)["key"] == "Bearer sesame-and-more");
}

TEST_CASE("what is no traceparent, endpoint or share is refused before anything is done") {
  const sandbox in;
  const auto no = in.shell("millrace submit --pipeline ingest --payload 1 --traceparent 00-1-2-01");
  CHECK(no.code == 2);
  CHECK_THAT(no.err, Catch::Contains("`00-1-2-01` is no traceparent"));
  const auto file = in.shell("millrace submit /etc/hostname --traceparent x");
  CHECK(file.code == 2);
  for (const auto* setting :
       {"otlp_endpoint = http://a:99999", "otlp_endpoint = http://a:", "service_name = a\x01b",
        "trace_ratio = 2", "trace_ratio = nan", "trace_ratio = -0.1", "trace_ratio = much",
        "otlp_endpoint = collector:4318", "otlp_endpoint = http://a, http://b"}) {
    CAPTURE(setting);
    const auto config = in.write("m.ini", fmt::format("[telemetry]\n{}\n", setting));
    CHECK(in.millrace({"config", "--config", config}).code == 2);
  }
}

TEST_CASE("files of telemetry that say nothing, and two places for a key, are told at the start") {
  const sandbox in;
  const auto text = in.write("no.pem", "nothing\n");
  for (const auto& [lines, what] : std::vector<std::pair<std::string, std::string>>{
           {"ca_file = /none.pem", "/none.pem cannot be read"},
           {"ca_file = " + text, "no.pem has no certificate in it"},
           {"key_env = HOME\nkey_file = " + text,
            "telemetry.key_env and telemetry.key_file are both set"}}) {
    CAPTURE(lines);
    const auto config =
        in.write("m.ini", fmt::format("[telemetry]\notlp_endpoint = http://a\n{}\n", lines));
    const auto done = in.millrace({"run", "--until-idle", "--config", config});
    CHECK(done.code == 2);
    CHECK_THAT(done.err, Catch::Contains(what));
  }
}
