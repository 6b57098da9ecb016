#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>

using millrace::tests::sandbox;
using nlohmann::json;

TEST_CASE("config says which file the settings come from and why") {
  sandbox in;
  CHECK_THAT(in.millrace({"config"}).out, Catch::StartsWith("config\t\tno --config"));
  std::filesystem::create_directories(in.folder() / ".config/millrace");
  const auto found = in.write(".config/millrace/millrace.ini", "[runtime]\nin_flight = 7\n");
  const auto shown = in.millrace({"config"});
  CHECK_THAT(shown.out, Catch::StartsWith("config\t" + found + "\tfound there\n") &&
                            Catch::Contains("runtime.in_flight\t7\t" + found + ":2\n"));
  const auto named = in.write("m.ini", "");
  CHECK_THAT(in.millrace({"config", "--config", named}).out,
             Catch::StartsWith("config\t" + named + "\tcommand line\n"));
}

TEST_CASE("config --check tells of everything that a runtime would refuse, a line each") {
  const sandbox in;
  const auto file = in.write("m.ini",
                             "[runtime]\n"
                             "in_fligth = 5\n"
                             "lease = 10\n"
                             "zzzzzz = 1\n"
                             "[pipeline.p]\n"
                             "stages = a, b, c, d, e\n"
                             "[stage.p.a]\n"
                             "handler = exec:nonesuch-program --fast\n"
                             "[stage.p.b]\n"
                             "handler = exec:sh -c 'echo\n"
                             "[stage.p.c]\n"
                             "handler = exec:sh -c x # y\n"
                             "[stage.p.d]\n"
                             "handler = nonesuch\n"
                             "[stage.p.e]\n"
                             "handler = noop\n"
                             "environment = \"A\n"
                             "[log]\n"
                             "level = loud\n");
  const auto checked = in.millrace({"config", "--check", "--config", file});
  CHECK(checked.code == 2);
  CHECK(checked.err.empty());
  INFO(checked.out);
  const auto says = [&](int line, const std::string& text) {
    CHECK_THAT(checked.out, Catch::Matches("(.|\n)*m\\.ini:" + std::to_string(line) + ": [^\n]*" +
                                           text + "[^\n]*; [^\n]+\n(.|\n)*"));
  };
  says(2, "unknown setting");
  says(3, "runtime.lease = 10");
  says(4, "runtime.zzzzzz");
  says(8, "no program nonesuch-program");
  says(10, "not closed");
  says(12, "behind a space");
  says(14, "unknown handler nonesuch");
  says(17, "does not end with its quote");
  says(19, "log.level = loud");
  const auto all = json::parse(in.millrace({"config", "--check", "--json", "--config", file}).out);
  CHECK(all.size() == 10);  // the stage of line 12 has no handler
  CHECK(all[0]["where"].get<std::string>().ends_with("m.ini:2"));
  CHECK_FALSE(std::filesystem::exists(in.folder() / ".local"));
}

TEST_CASE("config --check of a good configuration ends with 0 and makes nothing") {
  const sandbox in;
  const auto file = in.write(
      "m.ini", "[pipeline.p]\nstages = a\n[stage.p.a]\nhandler = exec:sh -c 'touch started'\n");
  const auto checked = in.millrace({"config", "--check", "--config", file});
  CHECK(checked.code == 0);
  CHECK_THAT(checked.out, Catch::Contains("m.ini: a runtime would take it"));
  CHECK_FALSE(std::filesystem::exists(in.folder() / ".local"));
}

TEST_CASE("config --check tells of a file that cannot be read, and of secrets and certificates") {
  const sandbox in;
  const auto missing = in.millrace({"config", "--check", "--config", "/nowhere/m.ini"});
  CHECK(missing.code == 2);
  CHECK_THAT(missing.out, Catch::Contains("/nowhere/m.ini") && Catch::Contains("No such file"));
  const auto file = in.write("m.ini",
                             "[service.embedder]\nmode = remote\nendpoints = http://a/v1\n"
                             "model = m\ndimensions = 8\nkey_file = secret.key\n"
                             "[http]\ncert = c.pem\nkey = k.pem\n");
  const auto checked =
      in.millrace({"config", "--check", "--config", file, "--http.listen", "127.0.0.1:7117"});
  CHECK(checked.code == 2);
  CHECK_THAT(checked.out, Catch::Contains("secret.key") &&
                              Catch::Contains("m.ini:8: http.cert cannot be read: " +
                                              (in.folder() / "c.pem").string()));
}

TEST_CASE("relative paths in a file count from its folder, others from where millrace starts") {
  sandbox in;
  std::filesystem::create_directories(in.folder() / "etc");
  std::filesystem::create_directories(in.folder() / "work");
  in.write("etc/m.ini", "[runtime]\ndata_dir = data\n[service.parser]\nkey_file = ../p.key\n");
  const auto shown = in.shell("cd " + (in.folder() / "work").string() +
                              " && millrace config --config ../etc/m.ini --storage.blob_dir blobs");
  CHECK(shown.code == 0);
  CHECK_THAT(shown.out,
             Catch::Contains("runtime.data_dir\t" + (in.folder() / "etc/data").string() + "\t") &&
                 Catch::Contains("key_file\t" + (in.folder() / "p.key").string() + "\t") &&
                 Catch::Contains("storage.blob_dir\t" + (in.folder() / "work/blobs").string()));
}
