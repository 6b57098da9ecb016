#include "app/settings/template.hpp"

#include "app/settings/load.hpp"
#include "app/settings/option.hpp"
#include "tests/support/paths.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <regex>
#include <string>

using namespace millrace;
using namespace millrace::app;

namespace {

std::string shipped() {
  std::ifstream in{millrace::tests::source_path("config/millrace.ini")};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

TEST_CASE("config/millrace.ini is the table of settings") {
  // After a change of the table: build/release/millrace config --template > config/millrace.ini
  CHECK(shipped() == render_template());
}

TEST_CASE("config/millrace.ini names every option, and changes nothing") {
  const auto file = shipped();
  for (const auto& one : options())
    CHECK_THAT(file, Catch::Contains(one.help));
  for (const auto& one : parse_ini(file, "millrace.ini"))
    FAIL_CHECK("in effect: " << one.key);
}

TEST_CASE("the defaults in config/millrace.ini are allowed values with the same effect") {
  // A setting is commented out by a `;` without a space.
  const auto active = std::regex_replace(shipped(), std::regex{"(^|\n);([a-z])"}, "$1$2");
  const auto set = parse_ini(active, "millrace.ini");
  CHECK(set.size() == options().size());
  const environment home{{"HOME", "/home/ada"}};
  const auto written = load({"", home, set, {}});
  const auto built_in = load({"", home, {}, {}});
  for (std::size_t i = 0; i < options().size(); ++i) {
    CHECK(written.listing[i].key == built_in.listing[i].key);
    CHECK(written.listing[i].value == built_in.listing[i].value);
    CHECK(written.listing[i].origin != "default");
  }
}

TEST_CASE("every option explains itself in one sentence") {
  for (const auto& one : options()) {
    CAPTURE(one.name);
    CHECK(one.help.ends_with('.'));
    CHECK_FALSE(one.allowed.empty());
  }
}
