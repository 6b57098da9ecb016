#include "app/settings/find_file.hpp"

#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace millrace;
using namespace millrace::app;

TEST_CASE("the file of settings is the first that there is, and the reason is told") {
  const tests::sandbox in;
  std::filesystem::create_directories(in.folder() / ".config/millrace");
  std::filesystem::create_directories(in.folder() / "xdg/millrace");
  const auto of_user = in.write(".config/millrace/millrace.ini", "");
  const auto of_xdg = in.write("xdg/millrace/millrace.ini", "");
  const auto of_machine = in.write("machine.ini", "");
  const environment home{{"HOME", in.folder().string()}};
  auto all = home;
  all.emplace("XDG_CONFIG_HOME", (in.folder() / "xdg").string());
  all.emplace("MILLRACE_CONFIG", "variable.ini");

  const auto named = find_settings_file("named.ini", all, of_machine);
  CHECK(named.path == "named.ini");
  CHECK(named.reason == "command line");
  const auto by_variable = find_settings_file("", all, of_machine);
  CHECK(by_variable.path == "variable.ini");
  CHECK(by_variable.reason == "environment MILLRACE_CONFIG");
  all.erase("MILLRACE_CONFIG");
  CHECK(find_settings_file("", all, of_machine).path == of_xdg);
  CHECK(find_settings_file("", home, of_machine).path == of_user);
  CHECK(find_settings_file("", {}, of_machine).path == of_machine);
  const auto none = find_settings_file("", {}, in.folder() / "nothing.ini");
  CHECK(none.path.empty());
  CHECK_THAT(none.reason, Catch::Contains("nothing.ini") && Catch::Contains("MILLRACE_CONFIG"));
}

TEST_CASE("an empty MILLRACE_CONFIG stands for no file of settings") {
  const tests::sandbox in;
  const auto of_machine = in.write("machine.ini", "");
  CHECK(find_settings_file("", {{"MILLRACE_CONFIG", ""}}, of_machine).path.empty());
}

TEST_CASE("a relative folder of XDG counts as not set") {
  const tests::sandbox in;
  std::filesystem::create_directories(in.folder() / ".config/millrace");
  const auto of_user = in.write(".config/millrace/millrace.ini", "");
  CHECK(find_settings_file("", {{"HOME", in.folder().string()}, {"XDG_CONFIG_HOME", "xdg"}}, "/no")
            .path == of_user);
}
