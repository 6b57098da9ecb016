#include "tests/app/sandbox.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

// How far a handler says it is, seen while it works: the real binary, and a program that goes on
// when it is let.
using millrace::tests::sandbox;
using millrace::tests::source_path;
using millrace::tests::stop;
using millrace::tests::wait_until;
using nlohmann::json;

namespace {

/// A FIFO that a handler waits at.
class barrier {
 public:
  explicit barrier(const sandbox& in) : path_{(in.folder() / "barrier").string()} {
    REQUIRE(mkfifo(path_.c_str(), 0600) == 0);
  }

  const std::string& path() const { return path_; }

  /// Waits until a handler waits at it, and lets that go on.
  void open() const {
    int fd = -1;
    wait_until([&] { return (fd = ::open(path_.c_str(), O_WRONLY | O_NONBLOCK)) >= 0; });
    close(fd);
  }

 private:
  std::string path_;
};

json inspect(const sandbox& in, const std::string& what) {
  const auto shown = in.millrace({"inspect", what, "1", "--json"});
  INFO(shown.err);
  REQUIRE(shown.code == 0);
  return json::parse(shown.out);
}

}  // namespace

TEST_CASE("inspect: how far a handler says it is, while it works and no longer") {
  const sandbox in;
  const barrier steps{in};
  const auto ini = in.write("m.ini", fmt::format("[pipeline.p]\nstages = s\n[stage.p.s]\n"
                                                 "handler = exec:python3 {}\n",
                                                 source_path("tests/data/handler.py")));
  const json payload{{"do", "report"},
                     {"fifo", steps.path()},
                     {"say", json::array({{{"progress", 40.5}, {"message", "page\n12 of 30"}},
                                          {{"progress", nullptr}, {"message", "binding"}},
                                          {{"progress", 100}}})}};
  REQUIRE(in.millrace({"submit", "--pipeline", "p", "--payload", payload.dump(), "--config", ini})
              .code == 0);
  const auto runtime = in.start({"run", "--config", ini});
  runtime.wait_for_error("RUNTIME_READY");

  wait_until([&] { return !inspect(in, "job")["progress"].is_null(); });
  const auto job = inspect(in, "job");
  CHECK(job["state"] == "working");
  CHECK(job["progress"]["percent"] == 40.5);
  CHECK(job["progress"]["message"] == "page 12 of 30");
  CHECK(job["progress"]["age_us"] >= 0);
  const auto why = inspect(in, "explain");
  CHECK(why["reason"] == "WORKING");
  CHECK(why["progress"]["percent"] == 40.5);
  for (const auto* view : {"job", "explain"})
    CHECK_THAT(in.millrace({"inspect", view, "1"}).out,
               Catch::Contains("progress\t40.5 %, page 12 of 30 ("));

  steps.open();
  wait_until([&] { return inspect(in, "job")["progress"]["message"] == "binding"; });
  CHECK(inspect(in, "job")["progress"]["percent"].is_null());
  CHECK_THAT(in.millrace({"inspect", "explain", "1"}).out, Catch::Contains("progress\tbinding ("));
  steps.open();
  wait_until([&] { return inspect(in, "job")["progress"]["percent"] == 100; });
  CHECK(inspect(in, "job")["progress"]["message"] == "");
  steps.open();
  wait_until([&] { return inspect(in, "job")["state"] == "done"; });
  CHECK(inspect(in, "job")["progress"].is_null());
  stop(runtime);
}

TEST_CASE("a program is told whose job it is, how urgent, and how it is marked") {
  const sandbox in;
  const auto ini = in.write("m.ini",
                            "[pipeline.p]\nstages = a, b\n[stage.p.a]\nhandler = noop\n"
                            "[stage.p.b]\nhandler = exec-once:cat\n");
  REQUIRE(
      in.millrace({"submit", "--pipeline", "p", "--config", ini, "--tenant", "acme", "--priority",
                   "7", "--tag", "a", "--tag", "b \"c\"", "--correlation", "mine"})
          .code == 0);
  REQUIRE(in.millrace({"submit", "--pipeline", "p", "--config", ini}).code == 0);
  REQUIRE(in.millrace({"run", "--until-idle", "--config", ini}).code == 0);
  const auto told = [&](const char* id) {
    return json::parse(in.millrace({"job", id, "--json"}).out)["output"];
  };
  CHECK(told("1")["tenant"] == "acme");
  CHECK(told("1")["priority"] == 7);
  CHECK(told("1")["tags"] == json{"a", "b \"c\""});
  CHECK(told("1")["correlation_id"] == "mine");
  CHECK(told("2")["tenant"] == "");
  CHECK(told("2")["priority"] == 0);
  CHECK(told("2")["tags"] == json::array());
}
