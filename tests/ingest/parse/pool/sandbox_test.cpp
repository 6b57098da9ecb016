#include "ingest/parse/parser_process.hpp"
#include "ingest/parse/pool/parser_pool.hpp"
#include "tests/ingest/fakes.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace millrace;
using namespace millrace::ingest;

namespace {

/// What a parser that was taken over said of what it tried.
struct taken_over {
  std::string tries(std::string_view what, std::string_view with = {}) {
    auto ended = convert_file(processes, what, input, with, {});
    auto* result = std::get_if<os::command_result>(&ended);
    REQUIRE(result != nullptr);
    CHECK(result->status == 0);
    return result->output;
  }

  const tests::temp_dir folder{};
  const std::string input = folder.write("in", "the file");
  pool::parser_pool processes{[] {
    parser_settings settings;
    settings.helper = tests::build_path("millrace-test-hostile-parser");
    return settings;
  }()};
};

/// Whether this kernel has the part; where it has not, the test says why it is skipped.
bool kernel_has(std::string_view part) {
  const auto parts = ask_for_sandbox({});
  REQUIRE(parts.has_value());
  if (parts->active.find(part) != std::string::npos)
    return true;
  WARN("skipped: " << parts->missing);
  return false;
}

}  // namespace

TEST_CASE("a parser finds an empty environment, three descriptors and no new privileges") {
  REQUIRE(setenv("SERVICE_KEY", "swordfish", 1) == 0);
  taken_over parser;
  CHECK(parser.tries("environment").empty());
  unsetenv("SERVICE_KEY");
  CHECK(parser.tries("descriptors") == "0 1 2 ");
  CHECK(parser.tries("privileges") == "1");
}

TEST_CASE("a parser opens no file of the host") {
  if (!kernel_has("Landlock"))
    return;
  taken_over parser;
  const auto secret = parser.folder.write("secret", "swordfish");
  for (const auto* path : {secret.c_str(), "/etc/passwd", "/proc/self/environ", "/proc/1/cmdline",
                           "/dev/null", "/", "/root", "/tmp"}) {
    INFO(path);
    CHECK(parser.tries("open", path) == "EACCES");
  }
  CHECK(parser.tries("open", parser.input) == "done");
}

TEST_CASE("a parser writes nothing but its output") {
  if (!kernel_has("seccomp"))
    return;
  taken_over parser;
  const auto file = parser.folder.write("mine", "kept");
  CHECK(parser.tries("write", file) == "ENOSYS ENOSYS ENOSYS ENOSYS ENOSYS");
  CHECK(parser.tries("write", (parser.folder.path() / "new").string()) ==
        "ENOSYS ENOSYS ENOSYS ENOSYS ENOSYS");
  std::stringstream kept;
  kept << std::ifstream{file}.rdbuf();
  CHECK(kept.str() == "kept");
}

TEST_CASE("a parser starts no process, no thread and no program") {
  if (kernel_has("seccomp")) {
    CHECK(taken_over{}.tries("processes") == "EPERM EPERM EPERM ENOSYS EPERM");
  }
}

TEST_CASE("a parser cannot trace, signal or limit the process that started it") {
  if (!kernel_has("seccomp"))
    return;
  taken_over parser;
  CHECK(parser.tries("others") == "ENOSYS ENOSYS EPERM ENOSYS ENOSYS EPERM ENOSYS EPERM ENOSYS");
  CHECK(parser.tries("pid") != parser.tries("pid"));
  CHECK(parser.processes.idle().size() == 1);
}

TEST_CASE("a parser has no socket, mounts nothing, and makes none of the calls for the few") {
  if (!kernel_has("seccomp"))
    return;
  std::istringstream said{taken_over{}.tries("kernel")};
  int calls = 0;
  for (std::string one; std::getline(said, one); ++calls)
    CHECK(one == "ENOSYS");
  CHECK(calls == 30);
}

TEST_CASE("a parser cannot raise its limits, also as root") {
  CHECK(taken_over{}.tries("limits") == "EPERM EPERM ");
}

TEST_CASE("the parts of the sandbox are told, active or with the reason why not") {
  const auto parts = ask_for_sandbox({}).value();
  CHECK_THAT(parts.active, Catch::Contains("no new privileges"));
  for (const auto* part : {"seccomp", "Landlock"})
    CHECK((parts.active + parts.missing).find(part) != std::string::npos);
  parser_settings other;
  other.helper = "/bin/false";
  CHECK(!ask_for_sandbox(other));
}
