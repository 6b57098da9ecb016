#include "base/os/subprocess.hpp"
#include "ingest/document/wire.hpp"
#include "ingest/parse/parser_exit.hpp"
#include "ingest/parse/parser_process.hpp"
#include "tests/ingest/fakes.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/sample_files.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

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
#ifndef __SANITIZE_ADDRESS__
  const auto page = folder.write("b.html", tests::deep_html(10, 20'000'000));
  CHECK(helper({"html", page, "1", "50000000"}).status == parser_exit::out_of_memory);
#endif
}

TEST_CASE("millrace-parser refuses what it does not know") {
  for (const auto& arguments : std::vector<std::vector<std::string>>{{},
                                                                     {"sonnet", "x"},
                                                                     {"html"},
                                                                     {"html", "a", "b"},
                                                                     {"html", "a", "one", "0"},
                                                                     {"sandbox", "x"},
                                                                     {"serve", "/bin", "x"}}) {
    CHECK(helper(arguments).status == parser_exit::usage);
  }
}

TEST_CASE("millrace-parser reads a PDF with poppler's tools, and asks about it") {
  const tests::temp_dir folder;
  const auto file = folder.write("a.pdf", tests::pdf_with_pages({"Some words."}));
  const auto result = helper({"pdf", file});
  CHECK(result.status == parser_exit::ok);
  CHECK(std::get<rendered>(from_wire(result.output).value()).text == "Some words.\n");
  CHECK_THAT(helper({"pdfinfo", file}).output, Catch::Contains("Pages:           1"));
  const auto without_tools =
      os::run({.argv = {tests::build_path("millrace-parser"), "pdf", file},
               .environment = std::vector<std::string>{"PATH=" + folder.path().string()}},
              {});
  CHECK(without_tools.status == parser_exit::not_found);
  CHECK(without_tools.errors == "cannot start pdftotext: No such file or directory\n");
}

TEST_CASE("the helper stands beside the program, or where the settings say") {
  CHECK(helper_path({}) == tests::build_path("millrace-parser"));
  parser_settings settings;
  settings.helper = "/opt/parser";
  CHECK(helper_path(settings) == "/opt/parser");
}
