#include "app/api/metrics/families.hpp"

#include "tests/support/paths.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace {

using namespace millrace::app::api;

/// "`pipeline`, `stage`"
std::string as_code(std::string_view labels) {
  if (labels.empty())
    return "";
  return std::regex_replace(fmt::format("`{}`", labels), std::regex{", "}, "`, `");
}

TEST_CASE("docs/metrics.md has every family with its type, its labels and its meaning") {
  std::ifstream file{millrace::tests::source_path("docs/metrics.md")};
  const std::string page{std::istreambuf_iterator<char>{file}, {}};
  std::string table = "| metric | type | labels | meaning |\n| --- | --- | --- | --- |\n";
  for (const auto& family : families::all())
    table += fmt::format("| `{}` | {} | {} | {} |\n", sample_name(family), to_string(family.type),
                         as_code(family.labels), family.help);
  INFO("put this table into docs/metrics.md:\n" << table);
  CHECK(page.find(table + "\n") != std::string::npos);
}

TEST_CASE("families are named as Prometheus advises, and each once") {
  const std::regex allowed{"(millrace|process)(_[a-z]+)+"};
  std::set<std::string> names;
  for (const auto& family : families::all()) {
    const std::string name{family.name};
    CAPTURE(name);
    CHECK(std::regex_match(name, allowed));
    CHECK(names.insert(name).second);
    CHECK_FALSE(family.help.empty());
    for (const auto* suffix : {"_total", "_count", "_sum", "_bucket", "_info", "_created"})
      CHECK_FALSE(name.ends_with(suffix));
  }
}

}  // namespace
