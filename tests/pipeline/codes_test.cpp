#include "pipeline/codes.hpp"

#include "tests/support/paths.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <string>

namespace {

using namespace millrace;
using namespace millrace::pipeline;

TEST_CASE("docs/errors.md has every code with its meaning and what to do next, and no other") {
  std::ifstream file{millrace::tests::source_path("docs/errors.md")};
  const std::string page{std::istreambuf_iterator<char>{file}, {}};
  std::string table = "| code | meaning | what to do |\n| --- | --- | --- |\n";
  for (const auto& [name, meaning, next] : codes::all())
    table += fmt::format("| `{}` | {} | {} |\n", name, meaning, next);
  INFO("put this table into docs/errors.md:\n" << table);
  CHECK(page.find(table) != std::string::npos);
  CHECK(page.find("| `", page.find(table) + table.size()) == std::string::npos);
}

TEST_CASE("a code is found by its name") {
  REQUIRE(codes::find("FILE_EMPTY") != nullptr);
  CHECK(codes::find("FILE_EMPTY")->name == codes::FILE_EMPTY);
  CHECK(codes::find("NO_SUCH_CODE") == nullptr);
}

}  // namespace
