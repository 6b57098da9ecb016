#include "tests/app/sandbox.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

// The real binary attached to the real runtime, through the socket in its data directory.
using millrace::tests::running;
using millrace::tests::sandbox;
using millrace::tests::sleeping;
using millrace::tests::stop;
using millrace::tests::wait_until;
using nlohmann::json;

namespace {

std::filesystem::path socket_of(const sandbox& in) {
  return in.folder() / ".local/share/millrace/inspector.sock";
}

json view(const sandbox& in, const std::string& name) {
  const auto shown = in.millrace({"inspect", name, "--json"});
  INFO(shown.err);
  REQUIRE(shown.code == 0);
  return json::parse(shown.out);
}

json stage(const sandbox& in, const std::string& name) {
  const auto all = view(in, "stages")["stages"];
  const auto at =
      std::find_if(all.begin(), all.end(), [&](const json& one) { return one["stage"] == name; });
  REQUIRE(at != all.end());
  return *at;
}

running start(const sandbox& in, std::vector<std::string> more = {}) {
  std::vector<std::string> words{"run"};
  words.insert(words.end(), more.begin(), more.end());
  auto runtime = in.start(words);
  runtime.wait_for_error("RUNTIME_READY");
  return runtime;
}

int dial(const sandbox& in) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = socket_of(in).string();
  REQUIRE(path.size() < sizeof(address.sun_path));
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  return fd;
}

}  // namespace

TEST_CASE("inspect: every view of a running runtime, as text and as JSON") {
  const sandbox in;
  const auto runtime = start(in);
  struct stat about {};
  REQUIRE(stat(socket_of(in).c_str(), &about) == 0);
  CHECK((about.st_mode & 07777) == 0600);

  const auto status = view(in, "status");
  CHECK(status["state"] == "running");
  CHECK(status["database"] == "sqlite");
  CHECK(status["runtime_id"] > 0);
  CHECK(status["started_at"].is_string());
  CHECK(view(in, "health")["state"] == "healthy");
  CHECK(view(in, "health")["reasons"].empty());
  const auto runtimes = view(in, "runtimes")["runtimes"];
  REQUIRE(runtimes.size() == 1);
  CHECK(runtimes[0]["alive"] == true);
  CHECK(runtimes[0]["ended"] == false);
  CHECK(runtimes[0]["self"] == true);
  CHECK(runtimes[0]["pid"] == status["pid"]);
  const auto actors = view(in, "actors");
  CHECK(actors.size() == 6 + 11);
  CHECK(actors[0]["actor"] == "supervisor");
  CHECK(stage(in, "embedding")["jobs"]["queued"] == 0);

  for (const auto* name : {"status", "actors", "stages", "health", "runtimes"}) {
    const auto shown = in.millrace({"inspect", name});
    CHECK(shown.code == 0);
    CHECK_FALSE(shown.out.empty());
    CHECK(shown.err.empty());
  }
  CHECK_THAT(
      in.millrace({"inspect"}).out,
      Catch::StartsWith(fmt::format("runtime\t{}\n", status["runtime_id"].get<std::int64_t>())));
  CHECK_THAT(in.millrace_on_terminal({"inspect", "actors"}), Catch::Contains("health_monitor"));
  stop(runtime);
  CHECK_FALSE(std::filesystem::exists(socket_of(in)));
}

TEST_CASE("inspect: without a runtime it says so, and ends with 4") {
  const sandbox in;
  const auto check = [&](const std::vector<std::string>& words) {
    const auto answer = in.millrace(words);
    CHECK(answer.code == 4);
    CHECK_THAT(answer.err, Catch::Contains("no runtime uses") && Catch::Contains("millrace run"));
  };
  check({"inspect", "status"});
  check({"inspect", "stages", "--watch"});
  check({"inspect", "stop"});
  const auto runtime = start(in, {"--inspector.enabled", "false"});
  check({"inspect", "status"});
  stop(runtime);
}

TEST_CASE("inspect: wrong words are refused before a runtime is asked") {
  const sandbox in;
  for (const auto& words : std::vector<std::vector<std::string>>{{"inspect", "stauts"},
                                                                 {"inspect", "status", "x"},
                                                                 {"inspect", "pause"},
                                                                 {"inspect", "drain", "x"},
                                                                 {"inspect", "cancel", "x"},
                                                                 {"inspect", "replay", "1"},
                                                                 {"inspect", "stop", "--json"}})
    CHECK(in.millrace(words).code == 2);
  CHECK_THAT(in.millrace({"inspect", "stauts"}).err, Catch::Contains("`status`"));
}

TEST_CASE("inspect: a handler that hangs shows in the actors and the stages") {
  const sandbox in;
  const auto ini = sleeping(in, "1h");
  REQUIRE(in.millrace({"submit", "--pipeline", "p", "--config", ini}).code == 0);
  const auto runtime = start(in, {"--config", ini});
  wait_until([&] { return stage(in, "nap")["call_age_us"] > 2'000'000; });
  CHECK(stage(in, "nap")["at_work_here"] == 1);
  CHECK(stage(in, "nap")["jobs"]["working"] == 1);
  const auto actors = view(in, "actors");
  const auto at = std::find_if(actors.begin(), actors.end(),
                               [](const json& one) { return one["actor"] == "stage:p.nap"; });
  REQUIRE(at != actors.end());
  CHECK((*at)["call_age_us"] > 2'000'000);
  CHECK(view(in, "status")["in_hand"] == 1);
  // It is given back, and the runtime does not wait for it.
  CHECK(in.millrace({"inspect", "stop"}).code == 0);
  CHECK(runtime.wait().code == 0);
}

TEST_CASE("inspect: orders pause, resume, cancel and replay") {
  const sandbox in;
  const auto ini = sleeping(in, "1ms");
  const auto runtime = start(in, {"--config", ini});
  const auto order = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "inspect");
    const auto answer = in.millrace(words);
    INFO(answer.err);
    CHECK(answer.code == 0);
    return answer.out;
  };
  CHECK(order({"pause", "nap", "--pipeline", "p"}) == "nap of p is paused\n");
  wait_until([&] { return stage(in, "nap")["paused_at"].is_string(); });
  REQUIRE(in.millrace({"submit", "--pipeline", "p", "--config", ini}).code == 0);
  REQUIRE(in.millrace({"submit", "--pipeline", "p", "--config", ini}).code == 0);
  wait_until([&] { return stage(in, "nap")["jobs"]["queued"] == 2; });
  CHECK(order({"cancel", "1"}) == "job 1 is cancelled at nap\n");
  CHECK(order({"resume", "nap", "--pipeline", "p"}) == "nap of p is resumed\n");
  wait_until([&] { return stage(in, "nap")["jobs"]["done"] == 1; });
  CHECK_THAT(order({"replay", "1", "--from", "nap"}), Catch::StartsWith("job 1 is "));
  wait_until([&] { return stage(in, "nap")["jobs"]["done"] == 2; });
  CHECK_THAT(in.millrace({"events"}).out, Catch::Contains("paused by "));

  const auto refused = in.millrace({"inspect", "cancel", "2"});
  CHECK(refused.code == 1);
  CHECK_THAT(refused.err, Catch::Contains("cannot cancel 2"));
  CHECK(in.millrace({"inspect", "pause", "nowhere", "--pipeline", "p"}).code == 1);
  stop(runtime);
}

TEST_CASE("inspect: jobs and events look as they do to the commands that need no runtime") {
  const sandbox in;
  const auto ini = sleeping(in, "1ms");
  REQUIRE(in.millrace({"submit", "--pipeline", "p", "--config", ini, "--payload", "{\"a\": 1.0}",
                       "--tenant", "acme", "--tag", "x", "--tag", "y", "--unique", "key",
                       "--correlation", "c-1", "--priority", "3"})
              .code == 0);
  const auto runtime = start(in, {"--config", ini});
  wait_until([&] { return millrace::tests::job_document(in, 1)["state"] == "done"; });
  const auto says = [&](const std::vector<std::string>& words) {
    const auto shown = in.millrace(words);
    INFO(shown.err);
    CHECK(shown.code == 0);
    return shown.out;
  };
  CHECK(says({"inspect", "jobs"}) == says({"jobs"}));
  CHECK(says({"inspect", "events"}) == says({"events"}));
  CHECK(says({"inspect", "events", "--json"}) == says({"events", "--json"}));
  auto jobs = json::parse(says({"jobs", "--json"}));
  CHECK(jobs.at(0)["tenant"] == "acme");
  CHECK(jobs.at(0)["tags"] == json({"x", "y"}));
  // Lists that come from a runtime leave outputs out.
  jobs.at(0)["output"] = nullptr;
  CHECK(json::parse(says({"inspect", "jobs", "--json"})) == jobs);
  auto job = json::parse(says({"inspect", "job", "1", "--json"}));
  CHECK(job["explanation"]["reason"] == "DONE");
  CHECK(job.erase("explanation") + job.erase("progress") == 2);
  CHECK(job == json::parse(says({"job", "1", "--json"})));
  stop(runtime);
}

TEST_CASE("inspect: drain lets what is at work end, stop gives it back") {
  const sandbox in;
  const std::string how = GENERATE("drain", "stop");
  const auto ini = sleeping(in, how == "drain" ? "1s" : "1h", "concurrency = 1\n");
  REQUIRE(in.millrace({"submit", "--pipeline", "p", "--config", ini}).code == 0);
  const auto runtime = start(in, {"--config", ini});
  wait_until([&] { return stage(in, "nap")["at_work_here"] == 1; });
  CHECK(in.millrace({"inspect", how}).code == 0);
  CHECK(runtime.wait().code == 0);
  const auto job = json::parse(in.millrace({"job", "1", "--json"}).out);
  CHECK(job["state"] == (how == "drain" ? "done" : "queued"));
}

TEST_CASE("inspect: what comes from strangers does no harm") {
  const sandbox in;
  const auto runtime = start(in);
  const auto before = view(in, "status")["pid"];
  std::mt19937 random{7};
  std::vector<int> open;
  for (int i = 0; i < 50; ++i)
    open.push_back(dial(in));  // they say nothing
  for (int i = 0; i < 200; ++i) {
    const int fd = dial(in);
    std::string bytes(random() % 4096, '\0');
    for (auto& c : bytes)
      c = static_cast<char>(random());
    (void)send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    close(fd);
  }
  // One that greets as it should, and goes.
  const int fd = dial(in);
  const std::string hello = "millrace inspector 2 0.1.0\n";
  (void)send(fd, hello.data(), hello.size(), MSG_NOSIGNAL);
  close(fd);
  CHECK(view(in, "status")["pid"] == before);
  CHECK(view(in, "health")["state"] == "healthy");
  for (const int one : open)
    close(one);
  stop(runtime);
}

TEST_CASE("inspect: a runtime that was killed leaves a socket that its successor replaces") {
  const sandbox in;
  const auto first = start(in);
  first.signal(SIGKILL);
  CHECK(first.wait().code == 128 + SIGKILL);
  CHECK(std::filesystem::exists(socket_of(in)));
  CHECK(in.millrace({"inspect", "status"}).code == 4);
  const auto second = start(in);
  CHECK(view(in, "status")["state"] == "running");
  // A second one is refused before it touches the socket.
  CHECK(in.millrace({"run"}).code == 3);
  CHECK(view(in, "status")["state"] == "running");
  stop(second);
}

TEST_CASE("inspect: --watch attaches again when the runtime was restarted") {
  const sandbox in;
  const auto first = start(in);
  const auto watching = in.start({"inspect", "status", "--watch", "--json"});
  const auto shows = [&](const running& runtime) {
    // What it is does not change while it runs.
    watching.wait_for_output(fmt::format("\"pid\":{},", runtime.pid()));
  };
  shows(first);
  first.signal(SIGKILL);
  first.wait();
  watching.wait_for_error("waiting for the runtime");
  const auto second = start(in);
  shows(second);
  watching.signal(SIGINT);
  const auto seen = watching.wait();
  CHECK(seen.code == 128 + SIGINT);
  for (std::size_t begin = 0; begin < seen.out.size();) {
    const auto end = seen.out.find('\n', begin);
    REQUIRE(end != std::string::npos);
    CHECK(json::parse(seen.out.substr(begin, end - begin))["state"].is_string());
    begin = end + 1;
  }
  stop(second);
}

TEST_CASE("inspect: a data directory with a long path") {
  const sandbox in;
  const auto dir = (in.folder() / std::string(90, 'd') / std::string(90, 'e')).string();
  const auto runtime = start(in, {"--runtime.data_dir", dir});
  const auto shown = in.millrace({"inspect", "status", "--json", "--runtime.data_dir", dir});
  INFO(shown.err);
  REQUIRE(shown.code == 0);
  CHECK(json::parse(shown.out)["data_dir"] == dir);
  stop(runtime);
}
