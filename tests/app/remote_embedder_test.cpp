#include "tests/app/sandbox.hpp"
#include "tests/support/http_server/test_http_server.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>

// The pipeline ingest with an embedder that is a service: the real process, and a real server.
using millrace::tests::finished;
using millrace::tests::running;
using millrace::tests::sandbox;
using millrace::tests::test_http_server;
using millrace::tests::wait_until;
using nlohmann::json;
using namespace std::chrono_literals;

namespace {

/// A configuration with the server as its embedder, and what else it says.
std::string remote(const sandbox& in, const std::string& endpoints, const std::string& more = {}) {
  return in.write(
      "remote.ini",
      fmt::format("[runtime]\nhealth_interval = 50ms\n[service.embedder]\nmode = remote\n"
                  "endpoints = {}\nmodel = test\ndimensions = 8\n"
                  "read_timeout = 1s\nbreaker_cool_down = 300ms\n"
                  "probe_interval = 100ms\n{}\n",
                  endpoints, more));
}

/// The folder with so many documents.
std::string write_documents(const sandbox& in, int count) {
  for (int i = 0; i < count; ++i)
    in.write(fmt::format("documents/{}.md", i),
             fmt::format("# Document {}\n\nAbout the thing with the number {}.\n", i, i));
  return (in.folder() / "documents").string();
}

}  // namespace

TEST_CASE("documents go through a remote embedder, with the tokens it counted, and are found") {
  const sandbox in;
  const test_http_server server;
  const auto config = remote(in, server.url());
  const auto documents = write_documents(in, 3);
  REQUIRE(in.millrace({"submit", documents, "--config", config}).code == 0);
  REQUIRE(in.millrace({"run", "--until-idle", "--config", config}).code == 0);
  for (int id = 1; id <= 3; ++id) {
    CHECK(job_document(in, id)["state"] == "done");
    CHECK(job_document(in, id)["output"]["embedding_tokens"] > 0);
  }
  CHECK(server.asked().texts == 3);
  const auto found = in.millrace({"search", "thing", "--json", "--config", config});
  CHECK(found.code == 0);
  CHECK(json::parse(found.out).size() == 3);
  CHECK(json::parse(found.out).front()["similarity"] > 0);
  // The local embedder's vectors are others; words are found whatever the embedder.
  const auto by_words = json::parse(in.millrace({"search", "thing", "--json"}).out);
  REQUIRE(by_words.size() == 3);
  CHECK(by_words.front()["similarity"] == 0);
  CHECK(json::parse(in.millrace({"search", "nothingness", "--json"}).out).empty());
}

TEST_CASE("a key is sent, and shown nowhere, whatever the service says") {
  sandbox in;
  const test_http_server server;
  std::string config;
  SECTION("from the environment") {
    in.set("EMBEDDER_KEY", "sk-not-for-you");
    config = remote(in, server.url(), "key_env = EMBEDDER_KEY");
  }
  SECTION("from a file") {
    config = remote(in, server.url(), "key_file = " + in.write("key", "sk-not-for-you\n"));
  }
  const auto documents = write_documents(in, 1);
  server.tell("always echo-key");
  REQUIRE(in.millrace({"submit", documents, "--config", config}).code == 0);
  const auto runtime = in.start({"run", "--config", config, "--log.level", "debug"});
  std::string explained;
  wait_until([&] {
    explained = in.millrace({"explain", "1", "--config", config}).out;
    return explained.find("OUT_OF_ORDER") != std::string::npos;
  });
  CHECK_THAT(explained, Catch::Contains("the service embedder refuses all requests: ") &&
                            Catch::Contains("answered 401") && Catch::Contains("Bearer ***"));
  wait_until([&] { return in.millrace({"health", "--config", config}).code == 1; });
  const auto health = in.millrace({"health", "--config", config}).out;
  CHECK_THAT(health, Catch::Contains("the service embedder is unhealthy"));
  runtime.signal(SIGTERM);
  const auto run = runtime.wait();
  CHECK(job_document(in, 1)["attempt"] == 0);
  CHECK(job_document(in, 1)["state"] == "queued");
  for (const auto& said : {run.err, job_document(in, 1).dump(), health, explained,
                           in.millrace({"config", "--config", config}).out,
                           in.millrace({"events", "--json", "--config", config}).out})
    CHECK(said.find("sk-not") == std::string::npos);
}

TEST_CASE(
    "while the service is out jobs wait without a charge and say why, and go on by themselves") {
  const sandbox in;
  const test_http_server server;
  const auto config = remote(in, server.url());
  const auto documents = write_documents(in, 12);
  server.tell("down");
  REQUIRE(in.millrace({"submit", documents, "--config", config}).code == 0);
  const auto runtime = in.start({"run", "--config", config});
  // One answer for all: when its snooze is over a job is due again, until it is refused again.
  std::string explained;
  wait_until([&] {
    explained = in.millrace({"explain", "1", "--config", config}).out;
    return explained.find("the service embedder is out") != std::string::npos;
  });
  CHECK_THAT(explained, Catch::Contains("SNOOZED") && Catch::Contains(server.url()));
  wait_until([&] { return in.millrace({"health", "--config", config}).code == 1; });
  CHECK_THAT(in.millrace({"health", "--config", config}).out,
             Catch::Contains("degraded") && Catch::Contains("the service embedder is unhealthy"));
  server.tell("up");
  wait_until([&] {
    const auto done = in.millrace({"jobs", "--state", "done", "--json", "--config", config}).out;
    return json::parse(done).size() == 12;
  });
  wait_until([&] { return in.millrace({"health", "--config", config}).code == 0; });
  runtime.signal(SIGTERM);
  CHECK(runtime.wait().code == 0);
  CHECK_THAT(in.millrace({"events", "--json", "--config", config}).out,
             !Catch::Contains("SERVICE_FAILED"));
  CHECK(in.millrace({"health", "--config", config}).code == 4);
}

TEST_CASE("an embedder that hangs holds up nothing but its own stage") {
  const sandbox in;
  const test_http_server server;
  server.tell("always hang");
  const auto config = remote(in, server.url(),
                             "[pipeline.p]\nstages = a, b\n[stage.p.a]\nhandler = noop\n"
                             "[stage.p.b]\nhandler = noop");
  const auto documents = write_documents(in, 20);
  REQUIRE(in.millrace({"submit", documents, "--config", config}).code == 0);
  const auto runtime =
      in.start({"run", "--config", config, "--runtime.worker_threads", "1",
                "--service.embedder.read_timeout", "1m", "--service.embedder.total_timeout", "1m"});
  wait_until([&] { return server.asked().requests == 8; });
  for (int i = 0; i < 3; ++i)
    CHECK(in.millrace({"submit", "--pipeline", "p", "--wait", "--config", config}).code == 0);
  runtime.signal(SIGTERM);
  runtime.signal(SIGTERM);
  CHECK(runtime.wait().code == 0);
}

TEST_CASE("a runtime whose services are all dead starts as if it had none") {
  const sandbox in;
  // The first endpoint gives no answer, and no server listens at the second.
  const test_http_server server;
  server.tell("always hang");
  const auto config = remote(in, server.url() + ", http://127.0.0.1:1/v1");
  const auto time_to_ready = [&](const std::vector<std::string>& words) {
    const auto began = std::chrono::steady_clock::now();
    const auto runtime = in.start(words);
    runtime.wait_for_error("RUNTIME_READY");
    const auto took = std::chrono::steady_clock::now() - began;
    runtime.signal(SIGTERM);
    CHECK(runtime.wait().code == 0);
    return took;
  };
  REQUIRE(in.millrace({"migrate"}).code == 0);
  auto with = 1h * 1.0;
  auto without = with;
  // The best of a few: other processes want the machine as well.
  for (int i = 0; i < 5; ++i) {
    without = std::min<decltype(with)>(without, time_to_ready({"run"}));
    with = std::min<decltype(with)>(with, time_to_ready({"run", "--config", config}));
  }
  // To wait for either would take seconds.
  CHECK(std::chrono::duration<double, std::milli>(with - without).count() < 500);
}

TEST_CASE("an embedder that cannot work is refused at the start, with what to do") {
  sandbox in;
  const auto refused = [&](const std::vector<std::string>& settings) {
    std::vector<std::string> words{"run"};
    words.insert(words.end(), settings.begin(), settings.end());
    const auto said = in.millrace(words);
    CHECK(said.code == 2);
    return said.err;
  };
  const std::string mode = "--service.embedder.mode=remote";
  const std::string endpoint = "--service.embedder.endpoints=http://127.0.0.1:1/v1";
  const std::string model = "--service.embedder.model=m";
  const std::string dimensions = "--service.embedder.dimensions=3";
  CHECK_THAT(refused({mode}), Catch::Contains("needs service.embedder.endpoints"));
  CHECK_THAT(refused({mode, endpoint}), Catch::Contains("needs service.embedder.model"));
  CHECK_THAT(refused({mode, endpoint, model}),
             Catch::Contains("needs service.embedder.dimensions"));
  CHECK_THAT(refused({"--service.embedder.mode=hybrid", endpoint, model, dimensions}),
             Catch::Contains("mixes the vectors of m-3@1 and hashing-384@1"));
  CHECK_THAT(refused({mode, endpoint, model, dimensions, "--service.embedder.key_env=NOT_SET"}),
             Catch::Contains("NOT_SET is not set"));
  CHECK_THAT(refused({mode, endpoint, model, dimensions, "--service.embedder.key_file=/nowhere"}),
             Catch::Contains("/nowhere cannot be read"));
  for (const auto* setting : {"endpoints=https://me:sk-secret@a/v1", "key_env=sk-secret"})
    CHECK_THAT(refused({mode, fmt::format("--service.embedder.{}", setting)}),
               Catch::Contains("is not allowed") && !Catch::Contains("secret"));
}

TEST_CASE("a hybrid embedder works here while the service is out") {
  const sandbox in;
  const auto config = in.write("hybrid.ini",
                               "[service.embedder]\nmode = hybrid\nmodel = hashing\n"
                               "dimensions = 384\nendpoints = http://127.0.0.1:1/v1\n");
  const auto documents = write_documents(in, 3);
  REQUIRE(in.millrace({"submit", documents, "--config", config}).code == 0);
  REQUIRE(in.millrace({"run", "--until-idle", "--config", config}).code == 0);
  CHECK(json::parse(in.millrace({"search", "thing", "--json"}).out).size() == 3);
}
