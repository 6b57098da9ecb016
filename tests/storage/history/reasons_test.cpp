#include "storage/history/reasons.hpp"

#include "tests/support/paths.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <string>

namespace {

using namespace millrace;
using namespace millrace::storage;

TEST_CASE("docs/operations.md has every reason with its meaning and what to do") {
  std::ifstream file{millrace::tests::source_path("docs/operations.md")};
  const std::string page{std::istreambuf_iterator<char>{file}, {}};
  std::string table = "| reason | what it means | what to do |\n| --- | --- | --- |\n";
  for (const auto& [name, meaning, next] : reasons::all())
    table += fmt::format("| `{}` | {} | {} |\n", name, meaning, next);
  INFO("put this table into docs/operations.md:\n" << table);
  CHECK(page.find(table + "\n") != std::string::npos);
}

TEST_CASE("a reason is found by its name") {
  CHECK(reasons::find("NEXT").name == reasons::NEXT);
  CHECK_FALSE(reasons::find("NEXT").meaning.empty());
}

}  // namespace
