#include "base/os/subprocess.hpp"
#include "ingest/document/wire.hpp"
#include "ingest/parse/parser_exit.hpp"
#include "ingest/parse/parser_process.hpp"
#include "tests/ingest/fakes.hpp"
#include "tests/support/paths.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <cstdlib>

using namespace millrace;
using namespace millrace::pipeline;
using namespace millrace::ingest;

namespace {

os::command_result helper(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), tests::build_path("millrace-parser"));
  return os::run({.argv = std::move(arguments)}, {});
}

}  // namespace

TEST_CASE("millrace-parser writes the text of a file and its outline") {
  const tests::temp_dir folder;
  const auto result = helper({"html", folder.write("a.html", "<h1>Title</h1>")});
  CHECK(result.status == parser_exit::ok);
  const auto made = std::get<rendered>(from_wire(result.output).value());
  CHECK(made.text == "# Title\n");
  REQUIRE(made.outline.size() == 1);
  CHECK(made.outline.front().level == 1);
}

TEST_CASE("millrace-parser says by its exit status what was wrong") {
  const tests::temp_dir folder;
  CHECK(helper({"html", "/nonexistent"}).status == parser_exit::unreadable);
  const auto deep = helper({"html", folder.write("a.html", tests::deep_html(1000, 0))});
  CHECK(deep.status == parser_exit::ok);
  CHECK(std::get<tree::unreadable>(from_wire(deep.output).value()).code == "HTML_TOO_DEEP");
  CHECK(helper({"run", "1", "0", "--", "/nonexistent"}).status == parser_exit::not_found);
  CHECK(helper({"run", "1", "0", "--", "/etc"}).status == parser_exit::cannot_start);
}

TEST_CASE("millrace-parser refuses what it does not know") {
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{},
                                             {"sonnet", "x"},
                                             {"html"},
                                             {"html", "a", "b"},
                                             {"run", "1", "2", "--"},
                                             {"run", "1"},
                                             {"run", "1", "2", "true", "x"}}) {
    CHECK(helper(arguments).status == parser_exit::usage);
  }
  CHECK(helper({"run", "one", "0", "--", "true"}).status == parser_exit::cannot_start);
}

TEST_CASE("millrace-parser runs programs under limits") {
  SECTION("no core, no files, so much CPU and memory") {
    const auto result =
        helper({"run", "7", "1000000000", "--", "sh", "-c", "ulimit -c -f -t; ulimit -v"});
    CHECK(result.output.find("unlimited") == std::string::npos);
    CHECK(result.output.find("7") != std::string::npos);
    CHECK(result.output.find("976562") != std::string::npos);
  }
  SECTION("and it ends one that takes more CPU") {
    const auto result = helper({"run", "1", "0", "--", "sh", "-c", "while :; do :; done"});
    CHECK(result.how == os::ending::signalled);
    CHECK((result.status == SIGXCPU || result.status == SIGKILL));
  }
}

TEST_CASE("the helper stands beside the program, or where the settings say") {
  CHECK(helper_path({}) == tests::build_path("millrace-parser"));
  parser_settings settings;
  settings.helper = "/opt/parser";
  CHECK(helper_path(settings) == "/opt/parser");
}

TEST_CASE("a parser that reaches its limit of CPU is a reject that says so") {
  parser_settings settings;
  settings.cpu_limit = std::chrono::seconds{1};
  const auto ended = run_limited({"sh", "-c", "while :; do :; done"}, settings, {});
  CHECK(fakes::code_of(ended) == "PARSER_LIMIT");
  CHECK(std::get<reject>(ended).why == "sh used more than 1 s of CPU");
}

TEST_CASE("a parser that is not installed costs no attempt, and is named") {
  const auto ended = run_limited({"/nonexistent/tool"}, {}, {});
  CHECK(std::get<snooze>(ended).code == "OUT_OF_ORDER");
  CHECK(std::get<snooze>(ended).why == "cannot start /nonexistent/tool: No such file or directory");
}

TEST_CASE("a parser gets no key of millrace's environment") {
  REQUIRE(setenv("SERVICE_KEY", "swordfish", 1) == 0);
  const auto ended = run_limited({"env"}, {}, {});
  unsetenv("SERVICE_KEY");
  const auto& said = std::get<os::command_result>(ended).output;
  CHECK_THAT(said, Catch::Contains("PATH="));
  CHECK_THAT(said, !Catch::Contains("swordfish"));
}
