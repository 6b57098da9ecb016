#include "ingest/parse/remote_parser.hpp"

#include "base/digest.hpp"
#include "ingest/choose_parser.hpp"
#include "ingest/effects.hpp"
#include "ingest/parse/local_parsers.hpp"
#include "ingest/parse/parse.hpp"
#include "tests/ingest/fakes.hpp"
#include "tests/support/http_server/test_http_server.hpp"
#include "tests/support/sample_files.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <string>

// The stage `parsing` against a service in another process that does as it is told.
using namespace millrace;
using namespace millrace::pipeline;
using namespace millrace::ingest;
using namespace millrace::ingest::fakes;
using namespace std::chrono_literals;
using millrace::tests::test_http_server;

namespace {

constexpr time_point noon{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1} + 12h};

/// A job at work on a document that goes to the service.
struct remote_parser_fixture {
  remote_parser_fixture() {
    use_local_parsers(services, parser_settings{});
    j.id = 7;
    j.output = R"({"document_id":"d"})";
    document doc;
    doc.id = "d";
    doc.job_id = 7;
    doc.owner = "ann";
    doc.name = "report.html";
    doc.media_type = "text/html";
    doc.raw_uri = "storage://raw/ann/d";
    known.rows["d"] = doc;
    store.put(doc.raw_uri, "<p>Parsed here.</p>");
    connect();
  }

  void connect() {
    services.use_remote_parser(std::make_shared<remote_parser>(
        settings, std::make_shared<remote::service>("parser", service, "sk-key", time)));
  }

  /// Calls the handler once. What it writes becomes the job's, as if it had been settled.
  outcome call() {
    auto what = parse_document(j, {.now = now, .stop = {}}, known, store, services, {});
    std::visit(
        [&](const auto& one) {
          for (const auto& effect : one.effects)
            if (const auto* output = std::get_if<ingest::effects::write_output>(&effect))
              j.output = output->json;
        },
        what);
    return what;
  }

  /// Until it is no longer put back; an hour at most passes.
  outcome finish() {
    auto what = call();
    for (int i = 0; i < 50 && std::holds_alternative<snooze>(what); ++i) {
      now = std::get<snooze>(what).until;
      what = call();
    }
    return what;
  }

  bool is_sent() const { return j.output.find("remote_parse") != std::string::npos; }

  test_http_server server;
  system_clock time;
  time_point now = noon;
  remote::service_settings service{
      .endpoints = {{server.url()}},
      .http = {.read_timeout = 300ms, .total_timeout = 5s, .max_response = 100'000},
      .breaker = {.failures = 2, .window = 1min, .cool_down = 1h}};
  remote_parser_settings settings{
      .name = "test", .media_types = {"text/html", "application/pdf"}, .job_timeout = 10min};
  job j;
  known_documents known;
  folder_blobs store;
  service_directory services;
};

TEST_CASE("a file is sent once, asked for at growing distances, and its text stored") {
  remote_parser_fixture f;
  f.server.tell("next ok pending pending pending pending pending");
  std::vector<double> distances;
  auto what = f.call();
  CHECK(f.is_sent());
  while (const auto* later = std::get_if<snooze>(&what)) {
    distances.push_back(std::chrono::duration<double>(later->until - f.now).count());
    f.now = later->until;
    what = f.call();
  }
  const std::vector<double> expected{2, 4, 8, 16, 30, 30};
  REQUIRE(distances.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    CHECK(distances[i] == Approx(expected[i]).epsilon(0.11));
  const auto parsed = effect_of<ingest::effects::record_parsed>(what);
  CHECK(parsed.parser == "test@1");
  CHECK(f.store.get(parsed.parsed_uri) == "# Parsed\n\nThis is report.html.\n");
  CHECK(f.server.asked().uploads == 1);
  CHECK(f.server.asked().polls == 6);
  CHECK(f.j.output == R"({"document_id":"d"})");
  CHECK_THAT(f.server.last_upload(), Catch::Contains("filename=\"report.html\"") &&
                                         Catch::Contains("<p>Parsed here.</p>") &&
                                         !Catch::Contains("webhook_url"));
}

TEST_CASE("while it waits the job says in whose hands its file is") {
  remote_parser_fixture f;
  CHECK(std::get<snooze>(f.call()).why == "the file is job file-1 of " + f.server.url());
  const auto note = nlohmann::json::parse(f.j.output)["remote_parse"];
  CHECK(note["endpoint"] == f.server.url());
  CHECK(note["id"] == "file-1");
  f.server.tell("next pending");
  CHECK(std::get<snooze>(f.call()).why == "job file-1 of " + f.server.url() + " is not done");
}

TEST_CASE("the service is told where to call back") {
  remote_parser_fixture f;
  f.settings.webhook_url = "https://me.example";
  f.connect();
  f.call();
  CHECK_THAT(f.server.last_upload(), Catch::Contains("https://me.example/webhooks/parser/7\r\n"));
}

TEST_CASE("what a service does to a file that it is given decides what becomes of the job") {
  struct row {
    const char* script;
    const char* code;
    int uploads;
  };
  const std::string large = "large:200000";
  for (const auto& [script, code, uploads] : std::array{
           row{"status:503 ok", "", 1},
           row{"garbage ok", "", 1},
           row{"odd odd", "SERVICE_ANSWER", 0},
           row{"status:413", "SERVICE_REFUSED", 0},
           row{"status:503 status:500", "SERVICE_FAILED", 0},
           row{"status:429:3", "SERVICE_BUSY", 0},
           // A look that fails is made again.
           row{"ok status:503 status:503 garbage ok", "", 1},
           row{"ok status:429", "", 1},
           row{"ok ok truncate truncate ok ok", "", 1},
           row{"ok garbage garbage", "SERVICE_ANSWER", 1},
           row{"ok odd odd", "SERVICE_ANSWER", 1},
           row{"ok ok odd odd", "SERVICE_ANSWER", 1},
           row{"ok ok large:200000 large:200000", "SERVICE_ANSWER", 1},
           row{"ok ok blank", "PARSE_EMPTY", 1},
           row{"ok error", "PARSE_REFUSED", 1},
           row{"ok pending canceled", "PARSE_REFUSED", 1},
           row{"ok status:404", "PARSE_LOST", 1},
           row{"ok ok status:404", "PARSE_LOST", 1},
       }) {
    INFO(script);
    remote_parser_fixture f;
    f.service.breaker.failures = 100;
    // What the service asks for shall not keep the test.
    f.service.limits.concurrent = 2;
    f.connect();
    f.server.tell(std::string{"next "} + script);
    auto what = f.call();
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    while (std::holds_alternative<snooze>(what)) {
      REQUIRE(std::chrono::steady_clock::now() < deadline);
      what = f.call();
    }
    CHECK(code_of(what) == code);
    CHECK(f.server.asked().uploads == uploads);
    // Whatever has ended, the next attempt starts again.
    CHECK_FALSE(f.is_sent());
  }
}

TEST_CASE(
    "a file waits, uncharged, while the service refuses the key, before and after it was sent") {
  remote_parser_fixture f;
  f.service.breaker.cool_down = 1ms;
  f.connect();
  f.server.tell("always status:401");
  CHECK(std::get<snooze>(f.call()).code == "OUT_OF_ORDER");
  CHECK_FALSE(f.is_sent());
  f.server.tell("always ok");
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (!f.is_sent() && std::chrono::steady_clock::now() < deadline)
    f.call();
  REQUIRE(f.is_sent());
  f.server.tell("always status:401");
  CHECK(std::get<snooze>(f.call()).code == "OUT_OF_ORDER");
  CHECK(f.is_sent());
}

TEST_CASE("a service's own words about a file are told, but for the key") {
  remote_parser_fixture f;
  f.server.tell("next ok error");
  f.call();
  CHECK(std::get<reject>(f.call()).why ==
        "job file-1 of " + f.server.url() + " ended with ERROR: told to fail, by Bearer ***");
}

TEST_CASE("a wait that the service asks for is kept between two looks, without a charge") {
  remote_parser_fixture f;
  f.server.tell("next ok status:503:77");
  f.call();
  const auto later = std::get<snooze>(f.call());
  CHECK(later.until == f.now + 77s);
  CHECK_THAT(later.why, Catch::Contains("answered 503"));
  CHECK(f.is_sent());
}

TEST_CASE("a service that takes too long over a file is given it again") {
  remote_parser_fixture f;
  f.call();
  f.server.tell("always pending");
  auto what = f.finish();
  CHECK(code_of(what) == "PARSE_OVERDUE");
  CHECK(f.now - noon >= 10min);
  CHECK(f.now - noon < 11min);
  CHECK_THAT(std::get<retry>(what).why,
             Catch::Contains("has no result after 10m") && Catch::Contains("is not done"));
  f.server.tell("calm");
  CHECK(std::holds_alternative<advance>(f.finish()));
  CHECK(f.server.asked().uploads == 2);
}

TEST_CASE("a file that was refused is sent again when the job is sent back") {
  remote_parser_fixture f;
  f.server.tell("next ok error");
  CHECK(code_of(f.finish()) == "PARSE_REFUSED");
  CHECK(std::holds_alternative<advance>(f.finish()));
  CHECK(f.server.asked().uploads == 2);
}

TEST_CASE("only the endpoint that has the file is asked for it") {
  remote_parser_fixture f;
  test_http_server second;
  f.service.endpoints.push_back({second.url(), 1});
  f.connect();
  f.call();
  f.server.end();
  // The breaker opens; the other endpoint is in order, and knows nothing.
  for (int i = 0; i < 3; ++i)
    CHECK(std::holds_alternative<snooze>(f.call()));
  CHECK_THAT(std::get<snooze>(f.call()).why, Catch::Contains("the service parser is out"));
  CHECK(second.asked().requests == 0);
  SECTION("until it has had its time") {
    f.now += 10min;
    CHECK(code_of(f.call()) == "PARSE_OVERDUE");
  }
  SECTION("or until it is gone") {
    f.service.endpoints.erase(f.service.endpoints.begin());
    f.connect();
    CHECK(code_of(f.call()) == "PARSE_LOST");
  }
  CHECK(std::holds_alternative<advance>(f.finish()));
  CHECK(second.asked().uploads == 1);
}

TEST_CASE("a service that is out is waited for, with and without the file") {
  remote_parser_fixture f;
  if (GENERATE(false, true))
    f.call();
  const bool sent = f.is_sent();
  f.server.tell("down");
  CHECK_THAT(std::get<snooze>(f.call()).why, Catch::Contains("the service parser is out"));
  CHECK(f.is_sent() == sent);
}

TEST_CASE("text and Markdown stay here, and other files too if they are not meant") {
  remote_parser_fixture f;
  f.settings.media_types = {"application/pdf"};
  f.connect();
  CHECK(effect_of<ingest::effects::record_parsed>(f.call()).parser == "html@2");
  CHECK(f.server.asked().requests == 0);
}

TEST_CASE("a hybrid parser works here while the service is out, as far as it can") {
  remote_parser_fixture f;
  f.settings.may_be_replaced = true;
  f.connect();
  if (GENERATE(false, true))
    f.call();
  f.server.tell("down");
  SECTION("what can be parsed here") {
    CHECK(effect_of<ingest::effects::record_parsed>(f.call()).parser == "html@2");
    CHECK_FALSE(f.is_sent());
  }
  SECTION("what only the service can parse waits for it") {
    f.known.rows["d"].media_type = "application/pdf";
    f.store.put("storage://raw/ann/d", tests::pdf_with_an_image());
    CHECK_THAT(std::get<snooze>(f.call()).why, Catch::Contains("the service parser is out"));
  }
}

TEST_CASE("a text that is larger than any text may be is refused") {
  remote_parser_fixture f;
  f.settings.max_text_size = 10;
  f.connect();
  CHECK(code_of(f.finish()) == "PARSER_LIMIT");
}

TEST_CASE("a look that is no longer wanted ends at once, and keeps the file") {
  remote_parser_fixture f;
  f.call();
  f.service.http.read_timeout = 1h;
  std::stop_source stop;
  stop.request_stop();
  const auto what = parse_document(f.j, {.now = f.now, .stop = stop.get_token()}, f.known, f.store,
                                   f.services, {});
  CHECK(std::get<retry>(what).code == "CANCELLED");
  CHECK(std::get<retry>(what).effects.empty());
}

TEST_CASE("what the service has parsed is not sent again, and what was parsed here is") {
  remote_parser_fixture f;
  const auto parsed = effect_of<ingest::effects::record_parsed>(f.finish());
  auto& doc = f.known.rows["d"];
  doc.parsed_uri = parsed.parsed_uri;
  doc.text_sha256 = sha256_hex(*f.store.get(parsed.parsed_uri));
  doc.parser = parsed.parser;
  CHECK(std::get<advance>(choose_parser(f.j, f.known, f.store, f.services)).to ==
        "parse_validated");
  doc.parser = "html@2";
  CHECK(std::get<advance>(choose_parser(f.j, f.known, f.store, f.services)).to.empty());
}

}  // namespace
