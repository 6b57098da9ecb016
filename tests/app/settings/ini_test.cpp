#include "app/error.hpp"
#include "app/settings/sources.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>
#include <vector>

using namespace millrace;
using namespace millrace::app;

namespace {

/// The entries as "key=value@origin", which fails readably.
std::vector<std::string> entries(std::string_view text) {
  std::vector<std::string> all;
  for (const auto& one : parse_ini(text, "f.ini"))
    all.push_back(one.key + "=" + one.value + "@" + one.origin);
  return all;
}

std::string failure(std::string_view text) {
  try {
    parse_ini(text, "f.ini");
  } catch (const millrace::app::error& bad) {
    CHECK(bad.code() == exit_code::usage);
    return bad.what();
  }
  return "nothing failed";
}

}  // namespace

TEST_CASE("an .ini file gives its keys with their section and line") {
  CHECK(entries("[runtime]\nin_flight = 5\n\n[stage.a.b]\nhandler=sleep:2ms\n") ==
        std::vector<std::string>{"runtime.in_flight=5@f.ini:2",
                                 "stage.a.b.handler=sleep:2ms@f.ini:5"});
  CHECK(entries("runtime.in_flight=5") == std::vector<std::string>{"runtime.in_flight=5@f.ini:1"});
}

TEST_CASE("an .ini file may come from another system") {
  CHECK(entries("\xEF\xBB\xBF[log]\r\nlevel = info\r\n") ==
        std::vector<std::string>{"log.level=info@f.ini:2"});
  CHECK(entries("").empty());
}

TEST_CASE("comments in an .ini file begin at the start of a line or after a space") {
  CHECK(entries("; one\n  # two\n[a] ; three\nb = c ; four\nd = e # five\nf = ;six\n") ==
        std::vector<std::string>{"a.b=c@f.ini:4", "a.d=e@f.ini:5", "a.f=@f.ini:6"});
}

TEST_CASE("a value in an .ini file may contain the signs that mean something elsewhere") {
  CHECK(entries("a = x;y#z\nb = c=d\ne = \"f ; g # h\" ; i\nj = [k]\n") ==
        std::vector<std::string>{"a=x;y#z@f.ini:1", "b=c=d@f.ini:2", "e=f ; g # h@f.ini:3",
                                 "j=[k]@f.ini:4"});
}

TEST_CASE("a comment sign between quotes within a value is part of it") {
  CHECK(entries("payload = {\"a\": \"b # c\"} ; d\n") ==
        std::vector<std::string>{"payload={\"a\": \"b # c\"}@f.ini:1"});
  CHECK(entries("a = 5\" # c\nhandler = exec:sh -c 'echo # x'\n") ==
        std::vector<std::string>{"a=5\"@f.ini:1", "handler=exec:sh -c 'echo # x'@f.ini:2"});
}

TEST_CASE("a handler's command is not cut by what looks like a comment") {
  for (const auto* line : {"handler = exec:grep # file", "[stage.a.b]\nhandler = noop ; nothing",
                           "stage.a.b.handler = exec:sh -c it's # x"}) {
    INFO(line);
    CHECK_THAT(failure(line),
               Catch::Contains("behind a space") && Catch::Contains("double quotes"));
  }
  CHECK(entries("handler = \"exec:grep # file\" ; whole\nhandler = http:https://a/b#c\n").size() ==
        2);
}

TEST_CASE("a line of an .ini file that means nothing is an error with its number") {
  CHECK_THAT(failure("\n[runtime]\nin_flight 5"),
             Catch::Contains("f.ini:3") && Catch::Contains("in_flight 5"));
  CHECK_THAT(failure("[runtime\n"), Catch::Contains("f.ini:1") && Catch::Contains("]"));
  CHECK_THAT(failure("[ ]\n"), Catch::Contains("f.ini:1"));
  CHECK_THAT(failure("= 5\n"), Catch::Contains("f.ini:1"));
  CHECK_THAT(failure("a = \"b\n"), Catch::Contains("f.ini:1") && Catch::Contains("quote"));
  CHECK_THAT(failure("a = \"b\" c\n"), Catch::Contains("f.ini:1"));
}

TEST_CASE("an .ini file that is not there, or is a folder, is an error that names it") {
  CHECK_THROWS_WITH(read_ini("/nowhere/x.ini"),
                    Catch::Contains("/nowhere/x.ini") && Catch::Contains("No such file"));
  CHECK_THROWS_WITH(read_ini(std::filesystem::temp_directory_path()), Catch::Contains("folder"));
}

TEST_CASE("a variable of the environment means a setting, two underscores a dot") {
  const auto all = read_environment({{"HOME", "/h"},
                                     {"MILLRACE_CONFIG", "x.ini"},
                                     {"MILLRACE_RUNTIME__IN_FLIGHT", "7"},
                                     {"MILLRACE_SERVICE__PARSER__MODE", "local"}});
  REQUIRE(all.size() == 2);
  CHECK(all[0].key == "runtime.in_flight");
  CHECK(all[0].value == "7");
  CHECK(all[0].origin == "environment MILLRACE_RUNTIME__IN_FLIGHT");
  CHECK(all[1].key == "service.parser.mode");
  CHECK(variable_name("runtime.in_flight") == "MILLRACE_RUNTIME__IN_FLIGHT");
}
