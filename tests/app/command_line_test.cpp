#include "app/command_line.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::app;

namespace {

const command& named(std::string_view name) {
  for (const auto& one : commands())
    if (one.name == name)
      return one;
  FAIL("no such command: " << name);
  return commands().front();
}

std::string complaint(std::string_view name, const std::vector<std::string>& words) {
  try {
    parse_line(named(name), words);
  } catch (const millrace::app::error& bad) {
    CHECK(bad.code() == exit_code::usage);
    return bad.what();
  }
  return "nothing was wrong";
}

}  // namespace

TEST_CASE("a command line is taken apart into options, settings and arguments") {
  const auto line =
      parse_line(named("submit"), {"a", "--wait", "--priority", "-3", "--config=c.ini",
                                   "--runtime.in_flight", "5", "--log.level=info", "--", "--b.c"});
  CHECK(line.config_file == "c.ini");
  CHECK(line.options.count("wait") == 1);
  CHECK(line.options["priority"].as<int>() == -3);
  CHECK(line.arguments == std::vector<std::string>{"a", "--b.c"});
  REQUIRE(line.entries.size() == 2);
  CHECK(line.entries[0].key == "runtime.in_flight");
  CHECK(line.entries[0].value == "5");
  CHECK(line.entries[0].origin == "command line");
  CHECK(line.entries[1].key == "log.level");
}

TEST_CASE("a setting of a pipeline can stand on the command line") {
  const auto line = parse_line(
      named("run"), {"--stage.bench.one.handler", "sleep:1ms", "--pipeline.bench.stages", "one"});
  REQUIRE(line.entries.size() == 2);
  CHECK(line.entries[0].key == "stage.bench.one.handler");
  CHECK(line.entries[1].value == "one");
}

TEST_CASE("an unknown option is an error with the nearest one") {
  CHECK_THAT(complaint("jobs", {"--jsn"}),
             Catch::Contains("`--jsn`") && Catch::Contains("did you mean `--json`?"));
  CHECK_THAT(complaint("jobs", {"--in_flight", "5"}), Catch::Contains("--runtime.in_flight"));
  // An abbreviation would change its meaning with the next option.
  CHECK_THAT(complaint("jobs", {"--pipe", "x"}), Catch::Contains("`--pipeline`"));
}

TEST_CASE("the wrong number of arguments, or a wrong value, is an error") {
  CHECK_THAT(complaint("job", {}), Catch::Contains("ID is missing"));
  CHECK_THAT(complaint("job", {"1", "2"}), Catch::Contains("takes ID only"));
  CHECK_THAT(complaint("jobs", {"x"}), Catch::Contains("no arguments"));
  CHECK_THAT(complaint("jobs", {"--limit", "many"}), Catch::Contains("--limit"));
  CHECK_THAT(complaint("jobs", {"--state"}), Catch::Contains("--state"));
}

TEST_CASE("every command explains itself with an example") {
  for (const auto& one : commands()) {
    CAPTURE(one.name);
    const auto help = render_help(one);
    CHECK(one.summary.ends_with('.'));
    CHECK_THAT(help, Catch::Contains("Usage: millrace " + one.name) &&
                         Catch::Contains("--config") && Catch::Contains("Example") &&
                         Catch::Contains("\n  millrace " + one.name));
    CHECK_THAT(render_help(commands()), Catch::Contains("  " + one.name + " "));
    CHECK(parse_line(one, {"--help"}).help);
  }
}
