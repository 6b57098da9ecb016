#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <csignal>

using namespace millrace;
using namespace millrace::tests;
using nlohmann::json;

namespace {

/// A pipeline `p` with one stage that does nothing, and what else stands in the file.
struct plain_pipeline {
  sandbox in;
  std::string config;

  explicit plain_pipeline(const std::string& more = "", const std::string& handler = "noop")
      : config{in.write("m.ini", "[pipeline.p]\nstages = one\n" + more +
                                     "\n[stage.p.one]\nhandler = " + handler + "\n")} {}

  std::vector<std::string> words(std::vector<std::string> more) const {
    more.insert(more.begin(), {"submit", "--config", config, "--pipeline", "p"});
    return more;
  }
  finished submit(std::vector<std::string> more) const {
    return in.millrace(words(std::move(more)));
  }
  json job(int id) const {
    return json::parse(in.millrace({"job", std::to_string(id), "--json"}).out);
  }
  std::size_t jobs() const {
    return json::parse(in.millrace({"jobs", "--limit", "100000", "--json"}).out).size();
  }
};

}  // namespace

TEST_CASE("submit says when a job may run, whose it is, and what to find it by") {
  const plain_pipeline p;
  CHECK(p.submit({"--at", "2100-01-02T03:04Z", "--tenant", "acme", "--tag", "a", "--tag", "b c",
                  "--correlation", "mine"})
            .code == 0);
  const auto job = p.job(1);
  CHECK(job["run_at"] == "2100-01-02T03:04:00.000000Z");
  CHECK(job["tenant"] == "acme");
  CHECK(job["tags"] == json({"a", "b c"}));
  CHECK(job["correlation_id"] == "mine");
  CHECK(job["unique_key"] == "");
  CHECK(p.submit({"--at", "+1h", "--tenant", "other"}).code == 0);
  CHECK(p.job(2)["run_at"] > p.job(2)["created_at"]);
  CHECK(p.in.millrace({"jobs", "--tenant", "acme"}).out.starts_with("1\t"));
  CHECK(p.in.millrace({"jobs", "--tag", "b c"}).out.starts_with("1\t"));
  CHECK(p.in.millrace({"jobs", "--tag", "c"}).out.empty());
  CHECK_THAT(p.in.millrace({"job", "1"}).out, Catch::Contains("tags\t[\"a\",\"b c\"]"));
}

TEST_CASE("submit refuses fields that cannot be used") {
  const plain_pipeline p;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--at", "tomorrow"},
        {"--unique", ""},
        {"--unique", "k", "--unique-while", "unfinishd"},
        {"--unique", "k", "--on-conflict", "x"},
        {"--tenant", "a\nb"},
        {"--tag", std::string(300, 'x')},
        {"--at", "1969-12-31T23:59Z"},
        {"--at", "+99999999d"},
        {"--correlation", std::string(3000, 'x')},
        {"--payload", std::string(40'000, '[') + std::string(40'000, ']')},
        {"--payload", R"("\u0000")"},
        {"--batch", "x", "--payload", "1"},
        {"--batch", "x", "--unique", "k"},
        {"--batch-name", "x"}}) {
    INFO(json(words).dump());
    const auto done = p.submit(words);
    CHECK(done.code == 2);
    CHECK_THAT(done.err, Catch::Contains("next:"));
  }
  CHECK_THAT(p.submit({"--unique", "k", "--unique-while", "unfinishd"}).err,
             Catch::Contains("did you mean `unfinished`?"));
  CHECK_THAT(p.in.millrace({"submit", "--pipeline", "plian", "--payload", "1"}).err,
             Catch::Contains("no pipeline is named `plian`") && Catch::Contains("--config"));
  CHECK(p.in.millrace({"submit", "--unique", "x", "x.md"}).code == 2);
}

TEST_CASE("submit with a unique key makes one job, and says so") {
  const plain_pipeline p;
  CHECK(p.submit({"--unique", "k", "--payload", "1"}).out.starts_with("1\t"));
  const auto kept = p.submit({"--unique", "k", "--payload", "2"});
  CHECK(kept.code == 0);
  CHECK(kept.out == "1\t\t\tUNIQUE_KEPT\tno new job: job 1 holds the unique key\n");
  CHECK(p.job(1)["payload"] == 1);
  CHECK(p.job(1)["unique_key"] == "k");
  const auto replaced = json::parse(
      p.submit({"--unique", "k", "--payload", "2", "--on-conflict", "replace", "--json"}).out);
  CHECK(replaced["jobs"][0]["code"] == "PAYLOAD_REPLACED");
  CHECK(p.job(1)["payload"] == 2);
  const auto rejected = p.submit({"--unique", "k", "--on-conflict", "reject"});
  CHECK(rejected.code == 1);
  CHECK_THAT(rejected.err, Catch::Contains("job 1, which is queued, holds the unique key 'k'"));
  CHECK(p.jobs() == 1);
  REQUIRE(p.in.millrace({"run", "--until-idle", "--config", p.config}).code == 0);
  CHECK(p.submit({"--unique", "k", "--unique-while", "done"}).out.starts_with("2\t"));
  const auto back = p.in.millrace({"replay", "1", "--from", "one", "--config", p.config});
  CHECK(back.code == 1);
  CHECK_THAT(back.err, Catch::Contains("job 2 holds its unique key 'k' now"));
}

TEST_CASE("a submit beyond the limit of the queue is refused with how full it is") {
  const plain_pipeline p{"queue_limit = 2"};
  CHECK(p.submit({}).code == 0);
  CHECK(p.submit({}).code == 0);
  const auto full = p.submit({});
  CHECK(full.code == 1);
  CHECK_THAT(full.err, Catch::Contains("the queue of p is full: 2 of 2 jobs are unfinished") &&
                           Catch::Contains("--wait"));
  CHECK(p.jobs() == 2);
  REQUIRE(p.in.millrace({"run", "--until-idle", "--config", p.config}).code == 0);
  CHECK(p.submit({}).code == 0);
}

TEST_CASE("submit --wait waits for room, and then for the job") {
  const plain_pipeline p{"queue_limit = 1"};
  CHECK(p.submit({}).code == 0);
  const auto waiting = p.in.start(p.words({"--wait"}));
  waiting.wait_for_error("waiting for room");
  CHECK(p.jobs() == 1);
  const auto runtime = p.in.start({"run", "--config", p.config});
  const auto done = waiting.wait();
  CHECK(done.code == 0);
  CHECK(done.out.starts_with("2\t"));
  CHECK(p.job(2)["state"] == "done");
  stop(runtime);
}

TEST_CASE("files are jobs of a pipeline with a limit as well") {
  const sandbox in;
  const auto config = in.write("m.ini", "[pipeline.ingest]\nqueue_limit = 3\n");
  for (const auto* name : {"d/a.txt", "d/b.txt", "d/c.txt", "d/d.txt"})
    in.write(name, name);
  const auto full = in.millrace({"submit", (in.folder() / "d").string(), "--config", config});
  CHECK(full.code == 1);
  CHECK_THAT(full.err, Catch::Contains("the queue of ingest is full: 3 of 3"));
  CHECK(json::parse(in.millrace({"jobs", "--json"}).out).size() == 3);
}

TEST_CASE("a pipeline can be paused and resumed as a whole") {
  const plain_pipeline p;
  REQUIRE(p.submit({}).code == 0);
  const auto with_config = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--config", p.config});
    return p.in.millrace(words);
  };
  CHECK(with_config({"pause", "p"}).out == "the pipeline p is paused\n");
  CHECK_THAT(with_config({"explain", "1"}).out, Catch::Contains("all of the pipeline p is paused"));
  CHECK(with_config({"run", "--until-idle"}).code == 0);
  CHECK(p.job(1)["state"] == "queued");
  CHECK(with_config({"resume", "--pipeline", "p"}).out == "the pipeline p is resumed\n");
  CHECK(with_config({"run", "--until-idle"}).code == 0);
  CHECK(p.job(1)["state"] == "done");
  CHECK(with_config({"pause"}).code == 2);
  CHECK(with_config({"pause", "q"}).code == 2);
}
