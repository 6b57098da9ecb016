#include "tests/app/sandbox.hpp"
#include "tests/support/loopback.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>

#include <chrono>
#include <csignal>
#include <random>
#include <string>
#include <vector>

// The real binary attached through TLS, with the certificates that it makes itself.
using millrace::tests::dial;
using millrace::tests::finished;
using millrace::tests::free_port;
using millrace::tests::running;
using millrace::tests::sandbox;
using millrace::tests::sleeping;
using millrace::tests::stop;
using millrace::tests::wait_until;
using nlohmann::json;

namespace {

/// A runtime that listens, and a client of it.
struct far_runtime {
  sandbox in;
  std::uint16_t port = free_port();
  std::string where = fmt::format("127.0.0.1:{}", port);
  std::string client;

  far_runtime() {
    REQUIRE(in.millrace({"certs", "init"}).code == 0);
    client = (in.folder() / ".local/share/millrace/certs/client.pem").string();
  }

  running start(std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"run", "--inspector.listen", where};
    words.insert(words.end(), more.begin(), more.end());
    auto runtime = in.start(words);
    runtime.wait_for_error("RUNTIME_READY");
    return runtime;
  }

  std::vector<std::string> inspecting(std::vector<std::string> words) const {
    words.insert(words.begin(), "inspect");
    words.insert(words.end(), {"--connect", where, "--cert", client});
    return words;
  }
  finished inspect(const std::vector<std::string>& words) const {
    return in.millrace(inspecting(words));
  }
  json view(const std::vector<std::string>& words) const {
    auto all = words;
    all.emplace_back("--json");
    const auto shown = inspect(all);
    INFO(shown.err);
    REQUIRE(shown.code == 0);
    return json::parse(shown.out);
  }
};

}  // namespace

TEST_CASE("inspect: from elsewhere it shows and orders what it does on the machine itself") {
  const far_runtime at;
  const auto ini = sleeping(at.in, "1ms");
  const auto runtime = at.start({"--config", ini});
  CHECK(at.view({"status"})["state"] == "running");
  CHECK(at.view({"health"})["state"] == "healthy");
  CHECK(at.view({"actors"}).size() > 6);
  CHECK(at.inspect({"pause", "nap", "--pipeline", "p"}).code == 0);
  // The event names the client of the certificate.
  wait_until([&] { return at.in.millrace({"events"}).out.find("client (") != std::string::npos; });

  REQUIRE(at.in.millrace({"submit", "--pipeline", "p", "--config", ini}).code == 0);
  CHECK(at.view({"jobs", "--pipeline", "p"}).size() == 1);
  CHECK(at.view({"jobs", "--state", "done"}).empty());
  CHECK(at.view({"explain", "1"})["reason"] == "STAGE_PAUSED");
  const auto job = at.view({"job", "1"});
  CHECK(job["stage"] == "nap");
  CHECK(job["explanation"]["reason"] == "STAGE_PAUSED");
  CHECK(at.inspect({"job", "2"}).code == 1);
  CHECK(at.inspect({"explain", "2"}).code == 1);
  CHECK(at.inspect({"resume", "nap", "--pipeline", "p"}).code == 0);
  wait_until([&] { return at.view({"job", "1"})["state"] == "done"; });
  CHECK(at.view({"events", "--job", "1"}).size() >= 2);
  CHECK_FALSE(at.inspect({"job", "1"}).out.empty());
  stop(runtime);
}

TEST_CASE("inspect: events are followed over a restart, each once") {
  const far_runtime at;
  const auto ini = sleeping(at.in, "1ms");
  const auto submit = [&] {
    REQUIRE(at.in.millrace({"submit", "--pipeline", "p", "--config", ini}).code == 0);
  };
  const auto first = at.start({"--config", ini});
  const auto following =
      at.in.start(at.inspecting({"events", "--follow", "--after", "0", "--json"}));
  submit();
  following.wait_for_output("\"job_id\":1,");
  first.signal(SIGKILL);
  first.wait();
  following.wait_for_error("waiting for the runtime");
  submit();
  const auto second = at.start({"--config", ini});
  wait_until([&] { return at.view({"job", "2"})["state"] == "done"; });
  const auto all = at.view({"events", "--after", "0", "--limit", "1000"});
  following.wait_for_output(fmt::format("\"event_id\":{},", all.back()["event_id"].dump()));
  following.signal(SIGINT);
  const auto seen = following.wait().out;
  std::vector<std::int64_t> ids;
  for (std::size_t begin = 0; begin < seen.size();) {
    const auto end = seen.find('\n', begin);
    REQUIRE(end != std::string::npos);
    ids.push_back(json::parse(seen.substr(begin, end - begin))["event_id"]);
    begin = end + 1;
  }
  std::vector<std::int64_t> wanted;
  for (const auto& one : all)
    wanted.push_back(one["event_id"]);
  CHECK(ids == wanted);
  stop(second);
}

TEST_CASE("inspect: dead jobs are tried again, one or all") {
  const far_runtime at;
  const auto ini = at.in.write("fail.ini",
                               "[pipeline.p]\nstages = a\n[stage.p.a]\nhandler = fail\n"
                               "max_attempts = 1\n");
  for (int i = 0; i < 3; ++i)
    REQUIRE(at.in.millrace({"submit", "--pipeline", "p", "--config", ini}).code == 0);
  const auto runtime = at.start({"--config", ini});
  const auto dead = [&] { return at.view({"jobs", "--state", "deadletter"}).size(); };
  wait_until([&] { return dead() == 3; });
  CHECK(at.inspect({"pause", "a", "--pipeline", "p"}).code == 0);
  CHECK_THAT(at.inspect({"retry", "2"}).out, Catch::StartsWith("job 2 is queued at a"));
  CHECK(dead() == 2);
  CHECK(at.inspect({"replay", "--dead", "--code", "NO_SUCH"}).out == "sent back: 0\n");
  CHECK(at.inspect({"replay", "--dead", "--pipeline", "p"}).out == "sent back: 2\n");
  CHECK(dead() == 0);
  CHECK(at.inspect({"replay", "7", "--dead"}).code == 2);
  stop(runtime);
}

TEST_CASE(
    "inspect: a client that may not attach is told why, and a fault on this side is found here") {
  const far_runtime at;
  const auto refuse = [&](std::vector<std::string> words, int code, const char* why) {
    words.insert(words.begin(), {"inspect", "status"});
    const auto answer = at.in.millrace(words);
    CHECK(answer.code == code);
    CHECK_THAT(answer.err, Catch::Contains(why));
  };
  refuse({"--connect", at.where, "--cert", at.client}, 4, "Connection refused");
  const auto runtime = at.start();
  refuse({"--connect", at.where}, 2, "--cert FILE is missing");
  refuse({"--cert", at.client}, 2, "is for --connect");
  refuse({"--connect", "somewhere", "--cert", at.client}, 2, "is no HOST:PORT");
  refuse({"--connect", at.where, "--cert", "nowhere.pem"}, 2, "nowhere.pem");

  const sandbox other;
  REQUIRE(other.millrace({"certs", "init"}).code == 0);
  const auto strangers = (other.folder() / ".local/share/millrace/certs/client.pem").string();
  refuse({"--connect", at.where, "--cert", strangers}, 4, "is not signed by the authority");
  const auto authority = (at.in.folder() / ".local/share/millrace/certs/authority.pem").string();
  refuse({"--connect", at.where, "--cert", strangers, "--ca", authority}, 2, "authority");

  // A runtime is told at its start, too.
  const auto taken = other.millrace({"run", "--inspector.listen", at.where});
  CHECK(taken.code == 2);
  CHECK_THAT(taken.err, Catch::Contains("cannot open the inspector's port"));
  const auto missing = other.millrace(
      {"run", "--inspector.listen", "127.0.0.1:1", "--inspector.cert", "/nowhere/server.pem"});
  CHECK(missing.code == 2);
  CHECK_THAT(missing.err, Catch::Contains("/nowhere/server.pem"));
  stop(runtime);
}

TEST_CASE("inspect: what strangers send to the port does no harm") {
  const far_runtime at;
  const auto runtime = at.start();
  const auto before = at.view({"status"})["pid"];
  std::vector<millrace::unique_fd> silent;
  for (int i = 0; i < 800; ++i)
    silent.push_back(dial(at.port));
  std::mt19937 random{7};
  for (int i = 0; i < 200; ++i) {
    const auto fd = dial(at.port);
    std::string bytes(random() % 4096, '\0');
    for (auto& c : bytes)
      c = static_cast<char>(random());
    // Some begin as a handshake does.
    if (i % 2 == 0)
      bytes = "\x16\x03\x01\x02" + bytes;
    (void)send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  CHECK(at.view({"status"})["pid"] == before);
  CHECK(at.view({"health"})["state"] == "healthy");
  stop(runtime);
}
