#include "app/settings/load.hpp"

#include "app/error.hpp"
#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <string>

using namespace millrace;
using namespace millrace::app;
using namespace std::chrono_literals;

namespace {

std::vector<pipeline::definition> built_in() {
  pipeline::definition ingest{"ingest", {}};
  for (const auto* name : {"queued", "parsing"}) {
    auto& stage = ingest.stages.emplace_back();
    stage.name = name;
    stage.handler = "noop";
  }
  return {ingest};
}

configuration load_from(std::string_view ini, environment variables = {},
                        std::vector<entry> command_line = {}) {
  const tests::sandbox in;
  variables.emplace("HOME", "/home/ada");
  return load(
      {in.write("millrace.ini", ini), std::move(variables), std::move(command_line), built_in()});
}

configuration load_argument(std::string key, std::string value) {
  return load_from("", {}, {{std::move(key), std::move(value), "command line"}});
}

/// What load_from() says against the settings.
std::string load_complaint(std::string_view ini, environment variables = {},
                           std::vector<entry> command_line = {}) {
  try {
    load_from(ini, std::move(variables), std::move(command_line));
  } catch (const millrace::app::error& bad) {
    CHECK(bad.code() == exit_code::usage);
    return bad.what();
  }
  return "nothing was wrong";
}

effective listed(const configuration& all, std::string_view key) {
  for (const auto& one : all.listing)
    if (one.key == key)
      return one;
  FAIL("not listed: " << key);
  return {};
}

}  // namespace

TEST_CASE("without any source every setting has its default") {
  const auto all = load({"", {{"HOME", "/home/ada"}}, {}, built_in()});
  CHECK(all.values.runtime.in_flight == 4000);
  CHECK(all.values.runtime.data_dir == "/home/ada/.local/share/millrace");
  CHECK(all.values.runtime.database.url == "sqlite:/home/ada/.local/share/millrace/millrace.db");
  CHECK(all.values.owner == "default");
  for (const auto& one : all.listing)
    CHECK(one.origin == "default");
}

TEST_CASE("the command line goes before the environment before the file") {
  const std::string_view ini = "[runtime]\nin_flight = 1\nclaim_batch = 2\nmax_restarts = 3\n";
  const auto all = load_from(
      ini, {{"MILLRACE_RUNTIME__IN_FLIGHT", "10"}, {"MILLRACE_RUNTIME__CLAIM_BATCH", "20"}},
      {{"runtime.in_flight", "100", "command line"}});
  CHECK(all.values.runtime.in_flight == 100);
  CHECK(all.values.runtime.claim_batch == 20);
  CHECK(all.values.runtime.max_restarts == 3);
  CHECK(listed(all, "runtime.in_flight").origin == "command line");
  CHECK(listed(all, "runtime.claim_batch").origin == "environment MILLRACE_RUNTIME__CLAIM_BATCH");
  CHECK_THAT(listed(all, "runtime.max_restarts").origin, Catch::EndsWith("millrace.ini:4"));
  CHECK(listed(all, "runtime.crash_limit").origin == "default");
}

TEST_CASE("values are read in their units") {
  CHECK(load_argument("runtime.lease", "90s").values.runtime.lease == 90s);
  CHECK(load_argument("runtime.poll_interval_min", "20ms").values.runtime.poll_interval_min ==
        20ms);
  CHECK(load_argument("storage.busy_timeout", "1m").values.runtime.database.busy_timeout == 1min);
  CHECK(load_argument("ingest.parser_cpu_limit", "7s").values.ingest.parser.cpu_limit == 7s);
  CHECK(load_argument("ingest.max_file_size", "5MB").values.ingest.intake.max_file_size == 5000000);
  CHECK(load_argument("runtime.until_idle", "yes").values.runtime.until_idle);
  CHECK(load_argument("log.format", "json").values.log_format == log_format::json);
}

TEST_CASE("a value that is not allowed is an error with its place, the key and what is allowed") {
  CHECK_THAT(load_complaint("[runtime]\n\nin_flight = 0\n"),
             Catch::Contains("millrace.ini:3") && Catch::Contains("runtime.in_flight = 0") &&
                 Catch::Contains("1 to 1000000"));
  CHECK_THAT(load_complaint("[storage]\nurl = host=a password=hunter2\n"),
             Catch::Contains("password=...") && !Catch::Contains("hunter2"));
  CHECK_THAT(load_complaint("[storage]\nurl: postgresql://me:hunter2@a/b\n"),
             Catch::Contains("neither a section nor a setting") && !Catch::Contains("hunter2"));
  CHECK_THAT(load_complaint("", {{"MILLRACE_RUNTIME__LEASE", "15"}}),
             Catch::Contains("environment MILLRACE_RUNTIME__LEASE") && Catch::Contains("100ms"));
  CHECK_THAT(load_complaint("", {}, {{"log.level", "loud", "command line"}}),
             Catch::Contains("command line") && Catch::Contains("debug or info"));
  for (const auto& [key, value] : environment{{"storage.url", "mysql:x"},
                                              {"storage.url", "sqlite:"},
                                              {"runtime.data_dir", ""},
                                              {"runtime.in_flight", "5x"},
                                              {"runtime.lease", "1ms"},
                                              {"ingest.parser_cpu_limit", "1500ms"},
                                              {"ingest.max_file_size", "0"},
                                              {"ingest.owner", "../x"},
                                              {"ingest.owner", ""},
                                              {"service.parser.mode", "elsewhere"},
                                              {"runtime.until_idle", "maybe"}})
    CHECK_THAT(load_complaint("", {}, {{key, value, "command line"}}),
               Catch::Contains(fmt::format("`{} = {}` is not allowed", key, value)));
}

TEST_CASE("a bad value is an error even where another source has the last word") {
  CHECK_THAT(load_complaint("[runtime]\nin_flight = no\n", {},
                            {{"runtime.in_flight", "5", "command line"}}),
             Catch::Contains("millrace.ini:2"));
}

TEST_CASE("an unknown key is an error with its place and the nearest known one") {
  CHECK_THAT(load_complaint("[runtime]\nin_fligth = 5\n"),
             Catch::Contains("millrace.ini:2") && Catch::Contains("`runtime.in_fligth`") &&
                 Catch::Contains("`runtime.in_flight`"));
  CHECK_THAT(load_complaint("in_flight = 5\n"),
             Catch::Contains("did you mean `runtime.in_flight`?"));
  CHECK_THAT(load_complaint("", {{"MILLRACE_RUNTIME_IN_FLIGHT", "5"}}),
             Catch::Contains("did you mean `MILLRACE_RUNTIME__IN_FLIGHT`?"));
}

TEST_CASE("a variable that cannot be a setting is named, not refused") {
  const auto all = load_from("", {{"MILLRACE_PIPELINE", "words"},
                                  {"MILLRACE_STAGE", "counted"},
                                  {"MILLRACE_CONFIG", "x.ini"},
                                  {"MILLRACE_PORT", "tcp://10.0.0.1:7117"},
                                  {"MILLRACE_PORT_7117_TCP_ADDR", "10.0.0.1"},
                                  {"MILLRACE_SERVICE_HOST", "10.0.0.1"},
                                  {"MILLRACE_LOG_LEVLE", "s3cret"}});
  CHECK(all.ignored_variables ==
        std::vector<std::string>{"MILLRACE_LOG_LEVLE; did you mean `MILLRACE_LOG__LEVEL`?",
                                 "MILLRACE_PORT", "MILLRACE_PORT_7117_TCP_ADDR",
                                 "MILLRACE_SERVICE_HOST"});
  CHECK(listed(all, "MILLRACE_PORT").origin == "environment, ignored: no setting");
  CHECK_THAT(listed(all, "MILLRACE_LOG_LEVLE").origin, Catch::Contains("MILLRACE_LOG__LEVEL"));
  CHECK(listed(all, "MILLRACE_LOG_LEVLE").value.empty());
  CHECK(all.values.log_level == log_level::info);
  // Two underscores can only mean a setting.
  CHECK_THAT(load_complaint("", {{"MILLRACE_LOG__LEVLE", "info"}}),
             Catch::Contains("did you mean `MILLRACE_LOG__LEVEL`?"));
}

TEST_CASE("a key twice in one source is an error that names both places") {
  CHECK_THAT(load_complaint("[log]\nlevel = info\nlevel = error\n"),
             Catch::Contains("millrace.ini:2") && Catch::Contains("millrace.ini:3"));
}

TEST_CASE("the data directory follows the environment unless it is set") {
  const auto data_dir = [](environment variables, const std::string& value = "") {
    std::vector<entry> arguments;
    if (!value.empty())
      arguments.push_back({"runtime.data_dir", value, "command line"});
    return load({"", std::move(variables), arguments, {}}).values.runtime.data_dir;
  };
  CHECK(data_dir({{"HOME", "/h"}, {"XDG_DATA_HOME", "/x"}}) == "/x/millrace");
  CHECK(data_dir({{"HOME", "/h"}, {"XDG_DATA_HOME", "relative"}}) == "/h/.local/share/millrace");
  CHECK(data_dir({{"HOME", "/h"}}, "~/d") == "/h/d");
  CHECK(data_dir({}, "/a/../b") == "/b");
  CHECK(data_dir({}, "here") == std::filesystem::current_path() / "here");
  CHECK_THROWS_WITH(data_dir({}), Catch::Contains("runtime.data_dir"));
}

TEST_CASE("the database stands in the data directory unless it is set") {
  CHECK(load_argument("runtime.data_dir", "/d").values.runtime.database.url ==
        "sqlite:/d/millrace.db");
  CHECK(load_argument("storage.url", "sqlite:/e/x.db").values.runtime.database.url ==
        "sqlite:/e/x.db");
}

TEST_CASE("the heartbeat is a third of the lease unless it is set") {
  CHECK(load_argument("runtime.lease", "3s").values.runtime.heartbeat == 1s);
  CHECK(load_argument("runtime.heartbeat", "2s").values.runtime.heartbeat == 2s);
}

TEST_CASE("settings that contradict each other are an error that names both") {
  struct contradiction {
    std::string ini;
    std::string one;
    std::string other;
  };
  const std::vector<contradiction> all{
      {"[runtime]\nheartbeat=20s", "runtime.heartbeat = 20s", "runtime.lease = 15s (default)"},
      {"[runtime]\npoll_interval_min=1s", "runtime.poll_interval_min = 1s",
       "runtime.poll_interval_max = 200ms"},
      {"[runtime]\nhealth_interval=1m", "runtime.health_interval = 1m",
       "runtime.health_hung_after = 15s"},
      {"[ingest]\nchunk_target=3000", "ingest.chunk_target = 3kB", "ingest.chunk_max = 2kB"},
      {"[ingest]\nchunk_overlap=1200", "ingest.chunk_overlap", "ingest.chunk_target"},
      {"[stage.ingest.queued]\nbackoff_cap=1s", "stage.ingest.queued.backoff_base = 3s",
       "stage.ingest.queued.backoff_cap = 1s"},
      {"[ingest]\nparser_time_limit=5m", "ingest.parser_time_limit = 5m",
       "stage.ingest.parsing.timeout = 5m"}};
  for (const auto& [ini, one, other] : all)
    CHECK_THAT(load_complaint(ini), Catch::Contains(one) && Catch::Contains(other));
}

TEST_CASE("relative paths of every kind in a file count from its folder") {
  const tests::sandbox in;
  const auto file = in.write("m.ini",
                             "[storage]\nurl = sqlite:db/m.db\nblob_dir = {data_dir}/b\n"
                             "[runtime]\ndata_dir = ~/d\n[retention]\narchive = old\n"
                             "[ingest]\nparser_helper = bin/parser\n[http]\ncert = c.pem\n"
                             "key = /k.pem\n");
  const auto& values = load({file, {{"HOME", "/home/ada"}}, {}, built_in()}).values;
  CHECK(values.runtime.database.url == "sqlite:" + (in.folder() / "db/m.db").string());
  CHECK(values.runtime.data_dir == "/home/ada/d");
  CHECK(values.blob_dir == "/home/ada/d/b");
  CHECK(values.runtime.retention.archive == in.folder() / "old");
  CHECK(values.ingest.parser.helper == (in.folder() / "bin/parser").string());
  CHECK(values.http.certificate == in.folder() / "c.pem");
  CHECK(values.http.key == "/k.pem");
  CHECK(load_argument("ingest.parser_helper", "bin/parser").values.ingest.parser.helper ==
        "bin/parser");
  CHECK(load_from("[ingest]\nparser_helper = parser\n").values.ingest.parser.helper == "parser");
}

TEST_CASE("choices are understood in other usual spellings") {
  for (const auto* warning : {"warning", "warn", "WARN", "Warning"})
    CHECK(load_argument("log.level", warning).values.log_level == log_level::warning);
  CHECK(load_argument("log.level", "err").values.log_level == log_level::error);
  CHECK(load_argument("log.level", "Information").values.log_level == log_level::info);
  CHECK(load_argument("log.level", "trace").values.log_level == log_level::debug);
  CHECK(load_argument("log.format", "JSON").values.log_format == log_format::json);
  CHECK(load_argument("runtime.until_idle", "True").values.runtime.until_idle);
  CHECK_FALSE(load_argument("runtime.until_idle", "0").values.runtime.until_idle);
}

TEST_CASE("a key that is near to none is an error with what there is") {
  CHECK_THAT(load_complaint("[runtime]\nfrobnication = 5\n"),
             !Catch::Contains("did you mean") && Catch::Contains("known: runtime.data_dir") &&
                 Catch::Contains("runtime.lease"));
  CHECK_THAT(load_complaint("[frobnication]\nx = 5\n"),
             !Catch::Contains("did you mean") && Catch::Contains("known: storage, runtime"));
}
