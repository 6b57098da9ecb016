#include "tests/app/sandbox.hpp"
#include "tests/support/paths.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <sstream>
#include <string>

using millrace::tests::sandbox;
using millrace::tests::source_path;
using nlohmann::json;

TEST_CASE("millrace shows its help and its version") {
  const sandbox in;
  for (const auto* word : {"--help", "-h", "help"}) {
    const auto help = in.millrace({word});
    CHECK(help.code == 0);
    CHECK_THAT(help.out, Catch::Contains("Usage: millrace COMMAND"));
  }
  CHECK_THAT(in.millrace({"help", "jobs"}).out, Catch::Contains("Usage: millrace jobs"));
  CHECK_THAT(in.millrace({"jobs", "--help"}).out, Catch::Contains("Usage: millrace jobs"));
  CHECK_THAT(in.millrace({"--version"}).out, Catch::StartsWith("millrace "));
}

TEST_CASE("no line of a help is longer than a window of 110 columns") {
  const sandbox in;
  const auto help = in.millrace({"--help"}).out;
  int commands = 0;
  std::istringstream lines{help};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words{line};
    std::string name;
    if (!line.starts_with("  ") || line.starts_with("   ") || !(words >> name) ||
        name.starts_with('-'))
      continue;
    const auto page = in.millrace({name, "--help"});
    if (page.code != 0)
      continue;
    ++commands;
    std::istringstream text{page.out};
    for (std::string one; std::getline(text, one);) {
      INFO(name << ": " << one);
      CHECK(one.size() <= 110);
    }
  }
  CHECK(commands >= 19);
}

TEST_CASE("with --json an error is a JSON document") {
  const sandbox in;
  const auto failed = in.millrace({"job", "1", "--json"});
  CHECK(failed.code == 3);
  const auto said = json::parse(failed.err);
  CHECK(said["title"] == "cannot open the database");
  CHECK(said["exit_code"] == 3);
  CHECK_FALSE(said["next"].get<std::string>().empty());
}

TEST_CASE("a wrong command line ends with 2 and says what to do") {
  const sandbox in;
  const auto nothing = in.millrace({});
  CHECK(nothing.code == 2);
  CHECK(nothing.out.empty());
  CHECK_THAT(nothing.err, Catch::Contains("Usage"));
  const auto unknown = in.millrace({"sumbit"});
  CHECK(unknown.code == 2);
  CHECK_THAT(unknown.err, Catch::StartsWith("millrace: ") && Catch::Contains("`sumbit`") &&
                              Catch::Contains("\n  next: did you mean `submit`?"));
  CHECK(in.millrace({"--json", "jobs"}).code == 2);
  CHECK(in.millrace({"jobs", "--bad"}).code == 2);
}

TEST_CASE("a wrong configuration ends with 2 and names its place") {
  sandbox in;
  const auto file = in.write("m.ini", "[runtime]\nin_fligth = 5\n");
  const auto unknown = in.millrace({"jobs", "--config", file});
  CHECK(unknown.code == 2);
  CHECK_THAT(unknown.err, Catch::Contains("m.ini:2") && Catch::Contains("runtime.in_flight"));
  CHECK(in.millrace({"jobs", "--config", "/nowhere.ini"}).code == 2);
  CHECK(in.millrace({"jobs", "--runtime.in_flight", "0"}).code == 2);
  CHECK_THAT(in.millrace({"jobs", "--runtime.inflight=1"}).err,
             Catch::Contains("did you mean `runtime.in_flight`?"));
  in.set("MILLRACE_LOG__LEVEL", "loud");
  CHECK_THAT(in.millrace({"jobs"}).err, Catch::Contains("environment MILLRACE_LOG__LEVEL"));
}

TEST_CASE("an error message cannot command the terminal") {
  const sandbox in;
  CHECK_THAT(in.millrace({"\x1b[2J"}).err, Catch::Contains("`\\x1b[2J`"));
}

TEST_CASE("config shows every setting with where it comes from") {
  sandbox in;
  const auto file =
      in.write("m.ini", "[runtime]\nin_flight = 5\n\n[stage.ingest.parsing]\nbatch=2");
  in.set("MILLRACE_CONFIG", file);
  in.set("MILLRACE_RUNTIME__LEASE", "30s");
  const auto plain = in.millrace({"config", "--log.level", "debug"});
  CHECK(plain.code == 0);
  CHECK_THAT(plain.out, Catch::Contains("runtime.in_flight\t5\t" + file + ":2\n") &&
                            Catch::Contains("runtime.lease\t30s\tenvironment") &&
                            Catch::Contains("log.level\tdebug\tcommand line\n") &&
                            Catch::Contains("runtime.heartbeat\t10s\tdefault\n") &&
                            Catch::Contains("stage.ingest.parsing.batch\t2\t" + file + ":5\n"));
  const auto all = json::parse(in.millrace({"config", "--json"}).out);
  REQUIRE(all.is_array());
  CHECK(all[0] ==
        json{{"name", "config"}, {"value", file}, {"origin", "environment MILLRACE_CONFIG"}});
  CHECK(all[1]["name"] == "storage.url");
  CHECK(all[1]["value"] ==
        "sqlite:" + (in.folder() / ".local/share/millrace/millrace.db").string());
  CHECK(all[1]["origin"] == "default");
  CHECK_THAT(in.millrace_on_terminal({"config"}), Catch::StartsWith("SETTING "));
}

TEST_CASE("config/postgresql.ini is a good configuration") {
  const sandbox in;
  const auto shown = in.millrace({"config", "--config", source_path("config/postgresql.ini")});
  CHECK(shown.code == 0);
  CHECK_THAT(shown.out, Catch::Contains("storage.url\tpostgresql://"));
}

TEST_CASE("config/millrace.ini is a good configuration, and config writes it") {
  const sandbox in;
  const std::string shipped = source_path("config/millrace.ini");
  CHECK(in.millrace({"config", "--config", shipped}).code == 0);
  CHECK(in.shell("millrace config --template | cmp - " + shipped).code == 0);
}

TEST_CASE("output that cannot be written is an error") {
  const sandbox in;
  const auto full = in.shell("millrace config > /dev/full");
  CHECK(full.code == 1);
  CHECK_THAT(full.err, Catch::Contains("cannot write the output"));
}

TEST_CASE("a reader that has seen enough is no error") {
  const sandbox in;
  const auto head = in.shell("millrace config | head -1");
  CHECK(head.code == 0);
  CHECK(head.err.empty());
}
