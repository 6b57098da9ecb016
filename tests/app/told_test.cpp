#include "tests/app/sandbox.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <filesystem>
#include <string>

// What the runtime tells of itself: in the log at level info, and in health.
using millrace::tests::sandbox;
using millrace::tests::wait_until;
using nlohmann::json;

namespace {

/// Where each of the texts stands in the log, in this order.
void check_order(const std::string& log, std::initializer_list<const char*> texts) {
  std::size_t at = 0;
  for (const auto* text : texts) {
    INFO(text << " in:\n" << log);
    const auto found = log.find(text, at);
    REQUIRE(found != std::string::npos);
    at = found;
  }
}

}  // namespace

TEST_CASE("the log shows the order of the start, and at the end what it waits for") {
  const sandbox in;
  const auto ini =
      in.write("m.ini",
               "[pipeline.p]\nstages = slow\n[stage.p.slow]\nhandler = exec-once:sleep "
               "1000\n[runtime]\nshutdown_grace = 2s\n");
  REQUIRE(in.millrace({"submit", "--pipeline", "p", "--payload", "{}", "--config", ini}).code == 0);
  const auto runtime = in.start({"run", "--config", ini});
  wait_until([&] { return job_document(in, 1)["state"] == "working"; });
  runtime.wait_for_error("COMPONENT_READY component=health_monitor");
  runtime.signal(SIGTERM);
  const auto log = runtime.wait().err;
  check_order(log, {"RUNTIME_STARTING", "COMPONENT_READY component=", "RUNTIME_READY", "GATE_OPEN",
                    "COMPONENT_SPAWNED component=health_monitor",
                    "COMPONENT_READY component=health_monitor", "RUNTIME_DRAINING",
                    "STOP_WAITS jobs=1 for=\"1 at p.slow\"", "RUNTIME_STOPPED done=0 dead=0"});
  CHECK(log.find("COMPONENT_READY component=store") < log.find("RUNTIME_READY"));
}

TEST_CASE("jobs that die one after the other degrade health, which says where and of what") {
  const sandbox in;
  const auto ini = in.write("m.ini",
                            "[pipeline.p]\nstages = a\n[stage.p.a]\nhandler = fail:BAD_DAY\n"
                            "[runtime]\nhealth_interval = 50ms\nhealth_max_dead = 20\n");
  for (int i = 0; i < 20; ++i)
    REQUIRE(in.millrace({"submit", "--pipeline", "p", "--payload", "{}", "--config", ini}).code ==
            0);
  const auto runtime = in.start({"run", "--config", ini});
  wait_until([&] { return in.millrace({"health", "--config", ini}).code == 1; });
  CHECK_THAT(
      in.millrace({"health", "--config", ini}).out,
      Catch::Contains("20 jobs died within the last minute, 20 of them at p.a with BAD_DAY"));
  runtime.wait_for_error("HEALTH_CHANGED");
  runtime.signal(SIGTERM);
  CHECK_THAT(runtime.wait().err, Catch::Contains("RUNTIME_STOPPED done=0 dead=20"));
}

TEST_CASE("a program that is missing holds its jobs up, uncharged, and health says which") {
  const sandbox in;
  const auto program = in.folder() / "parser";
  const auto ini = in.write("m.ini", fmt::format("[ingest]\nparser_helper = {}\n"
                                                 "[runtime]\nhealth_interval = 50ms\n",
                                                 program.string()));
  const auto page =
      in.write("page.html", "<!doctype html><html><body><p>some text</p></body></html>");
  REQUIRE(in.millrace({"submit", page, "--config", ini}).code == 0);
  const auto runtime = in.start({"run", "--config", ini});
  runtime.wait_for_error("INSTALLATION_INCOMPLETE");
  std::string explained;
  wait_until([&] {
    explained = in.millrace({"explain", "1", "--config", ini}).out;
    return explained.find("OUT_OF_ORDER") != std::string::npos;
  });
  CHECK_THAT(explained, Catch::Contains(program.string()) && !Catch::Contains("nothing: it goes"));
  CHECK(job_document(in, 1)["attempt"] == 0);
  wait_until([&] { return in.millrace({"health", "--config", ini}).code == 1; });
  CHECK_THAT(in.millrace({"health", "--config", ini}).out,
             Catch::Contains("the program " + program.string() + " is out of order since"));
  std::filesystem::copy_file(millrace::tests::build_path("millrace-parser"), program);
  wait_until([&] { return in.millrace({"health", "--config", ini}).code == 0; });
  REQUIRE(in.millrace({"retry", "1", "--config", ini}).code == 0);
  wait_until([&] { return job_document(in, 1)["state"] == "done"; });
  runtime.signal(SIGTERM);
  CHECK(runtime.wait().code == 0);
}

TEST_CASE("a folder for documents that cannot be used is an outage, not the documents' failure") {
  const sandbox in;
  const auto folder = (in.folder() / "blobs").string();
  const auto ini = in.write("m.ini", fmt::format("[storage]\nblob_dir = {}\n"
                                                 "[runtime]\nhealth_interval = 50ms\n",
                                                 folder));
  const auto page = in.write("page.md", "# Some text\n");
  REQUIRE(in.millrace({"submit", page, "--config", ini}).code == 0);
  std::filesystem::rename(folder, folder + ".away");
  in.write("blobs", "a file is in the way");
  const auto runtime = in.start({"run", "--config", ini});
  wait_until([&] { return in.millrace({"health", "--config", ini}).code == 1; });
  CHECK_THAT(in.millrace({"health", "--config", ini}).out,
             Catch::Contains("storage.blob_dir is out of order"));
  wait_until([&] {
    return in.millrace({"explain", "1", "--config", ini}).out.find("OUT_OF_ORDER") !=
           std::string::npos;
  });
  CHECK(job_document(in, 1)["attempt"] == 0);
  std::filesystem::remove(folder);
  std::filesystem::rename(folder + ".away", folder);
  wait_until([&] { return in.millrace({"health", "--config", ini}).code == 0; });
  REQUIRE(in.millrace({"retry", "1", "--config", ini}).code == 0);
  wait_until([&] { return job_document(in, 1)["state"] == "done"; });
  runtime.signal(SIGTERM);
  CHECK(runtime.wait().code == 0);
}

TEST_CASE("the documented replay leaves duplicates as they are") {
  const sandbox in;
  const auto one = in.write("one.md", "# The same\n\nText.\n");
  const auto two = in.write("two.md", "# The same\n\nText.\n");
  for (const auto& file : {one, two}) {
    REQUIRE(in.millrace({"submit", file}).code == 0);
    REQUIRE(in.millrace({"run", "--until-idle"}).code == 0);
  }
  const auto replayed =
      in.millrace({"replay", "--done", "--pipeline", "ingest", "--from", "chunked", "--yes"});
  CHECK(replayed.code == 0);
  CHECK(replayed.out ==
        "sent back: 1\n"
        "skipped: 1 that ended at queued with UPLOAD_DEDUP_HIT and never came to chunked\n");
  REQUIRE(in.millrace({"run", "--until-idle"}).code == 0);
  CHECK(job_document(in, 1)["state"] == "done");
  CHECK(job_document(in, 2)["state"] == "done");
  const auto alone = in.millrace({"replay", "2", "--from", "chunked"});
  CHECK(alone.code == 1);
  CHECK_THAT(alone.err, Catch::Contains("it ended at queued with UPLOAD_DEDUP_HIT"));
}
