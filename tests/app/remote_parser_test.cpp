#include "tests/app/sandbox.hpp"
#include "tests/support/http_server/test_http_server.hpp"
#include "tests/support/http_server/webhook_client.hpp"
#include "tests/support/loopback.hpp"
#include "tests/support/sample_files.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <map>
#include <string>
#include <tuple>
#include <vector>

// The real binary with a parser in another process, which does as it is told, and calls back.
using millrace::tests::free_port;
using millrace::tests::raw_connection;
using millrace::tests::sandbox;
using millrace::tests::status_of;
using millrace::tests::test_http_server;
using millrace::tests::wait_until;
using millrace::tests::webhook;
using nlohmann::json;
using namespace std::chrono_literals;

namespace {

/// What surrounds a runtime: a service that parses, and one page that was submitted.
struct fixture {
  sandbox in;
  test_http_server server;
  std::uint16_t port = free_port();
  std::string config;

  explicit fixture(const std::string& more = "poll_interval = 20ms\npoll_interval_max = 50ms\n") {
    in.set("PARSER_KEY", "sk-not-for-you");
    in.set("WEBHOOK_SECRET", "wh-secret");
    config = in.write(
        "remote.ini",
        fmt::format("[service.parser]\nmode = remote\nendpoints = {}\nkey_env = PARSER_KEY\n"
                    "read_timeout = 1s\nbreaker_cool_down = 300ms\nwebhook_listen = 127.0.0.1:{}\n"
                    "webhook_secret_env = WEBHOOK_SECRET\nwebhook_url = http://127.0.0.1:{}\n{}",
                    server.url(), port, port, more));
    in.write("d/page.html", "<html><body><p>Written here.</p></body></html>");
    REQUIRE(say({"submit", (in.folder() / "d").string()}).code == 0);
  }

  millrace::tests::finished say(std::vector<std::string> words) const {
    words.insert(words.end(), {"--config", config});
    return in.millrace(std::move(words));
  }
  millrace::tests::running run(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"run", "--config", config, "--log.level", "debug"};
    words.insert(words.end(), more.begin(), more.end());
    return in.start(std::move(words));
  }
  json job(int id = 1) const { return json::parse(say({"job", std::to_string(id), "--json"}).out); }
  json events() const { return json::parse(say({"events", "--json", "--limit", "10000"}).out); }
  /// Until the service has the file, and the job waits for it.
  void wait_until_sent() const {
    wait_until([&] {
      const auto now = job();
      return now["state"] == "queued" && now["output"].contains("remote_parse");
    });
  }
  int call(const webhook& what) const { return status_of(port, what.text()); }
};

/// Each transition of a job was made once.
void check_history(const json& events) {
  std::map<std::tuple<int, int, std::string>, int> seen;
  for (const auto& one : events)
    if (one["job_id"].is_number())
      CHECK(++seen[{one["job_id"], one["epoch"], one["type"]}] == 1);
}

TEST_CASE("a file goes through a remote parser once, and its text is found") {
  const fixture f;
  f.in.write("d/note.md", "# Note\n\nWritten and parsed here.\n");
  REQUIRE(f.say({"submit", (f.in.folder() / "d/note.md").string()}).code == 0);
  f.server.tell("next ok pending pending");
  REQUIRE(f.run({"--until-idle"}).wait().code == 0);
  CHECK(f.job()["state"] == "done");
  CHECK_FALSE(f.job()["output"].contains("remote_parse"));
  CHECK(f.server.asked().uploads == 1);
  CHECK(f.server.asked().polls == 3);
  CHECK_THAT(f.say({"search", "page.html"}).out, Catch::Contains("This is page.html"));
  CHECK_THAT(f.server.last_upload(),
             Catch::Contains(fmt::format("http://127.0.0.1:{}/webhooks/parser/1\r\n", f.port)));
  check_history(f.events());
}

TEST_CASE("a runtime that is killed while the service works does not send the file again") {
  const fixture f;
  // The job is in hand whenever it asks, and must not count as poison.
  const std::vector<std::string> forgiving{"--runtime.crash_limit", "1000"};
  f.server.tell("always pending");
  for (int i = 0; i < 3; ++i) {
    const auto polls = f.server.asked().polls;
    const auto runtime = f.run(forgiving);
    wait_until([&] { return f.server.asked().polls > polls + 2; });
    runtime.signal(SIGKILL);
    runtime.wait();
  }
  f.server.tell("calm");
  REQUIRE(f.run({"--until-idle", "--runtime.crash_limit", "1000"}).wait().code == 0);
  CHECK(f.job()["state"] == "done");
  CHECK(f.server.asked().uploads == 1);
  CHECK_THAT(f.say({"search", "page.html"}).out, Catch::Contains("This is page.html"));
}

TEST_CASE("a webhook makes the job go on at once, once") {
  const fixture f{"poll_interval = 1h\npoll_interval_max = 1h\n"};
  const auto runtime = f.run();
  f.wait_until_sent();
  CHECK(f.server.asked().polls == 0);
  const webhook good{"/webhooks/parser/1"};

  auto forged = good;
  forged.secret = "another";
  CHECK(f.call(forged) == 401);
  auto old = good;
  old.off = -3600;
  CHECK(f.call(old) == 401);
  auto unknown = good;
  unknown.path = "/webhooks/parser/77";
  CHECK(f.call(unknown) == 404);
  CHECK(f.job()["state"] == "queued");
  CHECK(f.server.asked().polls == 0);

  const auto text = good.text();
  CHECK(status_of(f.port, text) == 200);
  wait_until([&] { return f.job()["state"] == "done"; });
  const auto history = f.events();
  // The same again, and another one that is late.
  CHECK(status_of(f.port, text) == 200);
  auto late = good;
  late.body = "late";
  CHECK(f.call(late) == 200);
  CHECK(f.events() == history);
  check_history(history);
  CHECK_THAT(history.dump(), Catch::Contains("HASTENED"));
  CHECK(f.server.asked().polls == 1);
  runtime.signal(SIGTERM);
  const auto end = runtime.wait();
  CHECK(end.code == 0);
  // Two calls were refused at about the same time.
  for (const auto* event : {"WEBHOOKS_LISTENING", "WEBHOOK_REFUSED"}) {
    const auto first = end.err.find(event);
    CHECK(first != std::string::npos);
    CHECK(end.err.find(event, first + 1) == std::string::npos);
  }
  for (const auto& said : {end.err, history.dump(), f.say({"config"}).out, f.job().dump(),
                           f.say({"explain", "1"}).out}) {
    CHECK(said.find("wh-secret") == std::string::npos);
    CHECK(said.find("sk-not") == std::string::npos);
  }
}

TEST_CASE("a webhook leaves alone what does not wait for the parser") {
  const fixture f{"poll_interval = 1h\npoll_interval_max = 1h\n"};
  const auto runtime = f.run();
  f.wait_until_sent();
  REQUIRE(f.say({"cancel", "1"}).code == 0);
  CHECK(f.call({"/webhooks/parser/1"}) == 200);
  CHECK(f.job()["state"] == "cancelled");
  // Sent back, it goes on with the file that the service has.
  REQUIRE(f.say({"retry", "1"}).code == 0);
  wait_until([&] { return f.job()["state"] == "done"; });
  CHECK(f.server.asked().uploads == 1);
  runtime.signal(SIGTERM);
  CHECK(runtime.wait().code == 0);
}

TEST_CASE("webhooks and polls that race make each transition once") {
  const fixture f{"poll_interval = 10ms\npoll_interval_max = 10ms\n"};
  f.server.tell("always pending");
  const auto runtime = f.run();
  f.wait_until_sent();
  for (int i = 0; i < 60; ++i) {
    CHECK(f.call({.path = "/webhooks/parser/1", .body = std::to_string(i)}) == 200);
    if (i == 40)
      f.server.tell("calm");
  }
  wait_until([&] { return f.job()["state"] == "done"; });
  CHECK(f.server.asked().uploads == 1);
  check_history(f.events());
  runtime.signal(SIGTERM);
  CHECK(runtime.wait().code == 0);
}

TEST_CASE("strangers at the port of the webhooks hold up nothing") {
  const fixture f;
  f.server.tell("always pending");
  const auto runtime = f.run();
  f.wait_until_sent();
  std::vector<std::unique_ptr<raw_connection>> silent;
  for (int i = 0; i < 100; ++i)
    silent.push_back(std::make_unique<raw_connection>(f.port));
  CHECK(status_of(f.port,
                  "POST /webhooks/parser/1 HTTP/1.1\r\nHost: x\r\n"
                  "Content-Length: 9999999\r\n\r\n") == 413);
  CHECK(f.call({"/webhooks/parser/1"}) == 200);
  f.server.tell("calm");
  wait_until([&] { return f.job()["state"] == "done"; });
  runtime.signal(SIGTERM);
  CHECK(runtime.wait().code == 0);
}

TEST_CASE("while the parser is out jobs wait without a charge, and a refused file says why") {
  const fixture f;
  f.server.tell("down");
  const auto runtime = f.run();
  wait_until([&] {
    return f.say({"explain", "1"}).out.find("the service parser is out") != std::string::npos;
  });
  f.server.tell("up\nnext ok error");
  wait_until([&] { return f.job()["state"] == "deadletter"; });
  CHECK(f.job()["code"] == "PARSE_REFUSED");
  CHECK_THAT(f.job()["message"].get<std::string>(),
             Catch::EndsWith("ended with ERROR: told to fail, by Bearer ***"));
  REQUIRE(f.say({"retry", "1"}).code == 0);
  wait_until([&] { return f.job()["state"] == "done"; });
  CHECK(f.server.asked().uploads == 2);
  runtime.signal(SIGTERM);
  CHECK(runtime.wait().code == 0);
  CHECK_THAT(f.events().dump(), !Catch::Contains("SERVICE_FAILED"));
}

TEST_CASE("a hybrid parser parses here while the service is out") {
  const fixture f;
  f.server.tell("down");
  REQUIRE(f.run({"--until-idle", "--service.parser.mode", "hybrid"}).wait().code == 0);
  CHECK_THAT(f.say({"search", "Written"}).out, Catch::Contains("Written here"));
}

TEST_CASE("a search needs nothing of the parser's") {
  const sandbox in;
  REQUIRE(in.millrace({"migrate"}).code == 0);
  CHECK(in.millrace({"search", "x", "--service.parser.mode=remote",
                     "--service.parser.endpoints=http://127.0.0.1:1",
                     "--service.parser.key_env=NOT_SET"})
            .code == 0);
}

TEST_CASE("a parser that cannot work is refused at the start, with what to do") {
  const sandbox in;
  const auto refused = [&](const std::vector<std::string>& settings) {
    std::vector<std::string> words{"run"};
    words.insert(words.end(), settings.begin(), settings.end());
    const auto said = in.millrace(words);
    CHECK(said.code == 2);
    return said.err;
  };
  const std::string listen = "--service.parser.webhook_listen=127.0.0.1:1";
  const std::string env = "--service.parser.webhook_secret_env=NOT_SET";
  CHECK_THAT(refused({"--service.parser.mode=remote"}),
             Catch::Contains("needs service.parser.endpoints"));
  CHECK_THAT(refused({listen}), Catch::Contains("needs a secret"));
  CHECK_THAT(refused({listen, env}),
             Catch::Contains("NOT_SET is not set") && Catch::Contains("webhook_secret_env"));
  CHECK_THAT(refused({listen, env, "--service.parser.webhook_secret_file=/x"}),
             Catch::Contains("are both set"));
  CHECK_THAT(refused({"--service.parser.poll_interval=1m"}),
             Catch::Contains("service.parser.poll_interval_max"));
  CHECK_THAT(refused({"--service.parser.webhook_url=https://me:sk-secret@a"}),
             Catch::Contains("is not allowed") && !Catch::Contains("secret"));
}

}  // namespace
