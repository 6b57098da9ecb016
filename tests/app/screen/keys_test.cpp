#include "app/screen/keys.hpp"

#include "tests/support/paths.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <fstream>
#include <iterator>

TEST_CASE("screen: every key of the help stands in docs/inspector.md") {
  std::ifstream in{millrace::tests::source_path("docs/inspector.md")};
  const std::string page{std::istreambuf_iterator<char>{in}, {}};
  for (const auto& one : millrace::app::all_keys())
    CHECK_THAT(page, Catch::Contains(fmt::format("| `{}` | {} |", one.keys, one.what)));
}
