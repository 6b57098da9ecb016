#include "ingest/text/source_tree.hpp"

#include "ingest/chunk/chunker.hpp"
#include "ingest/document/writer.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <variant>

using namespace millrace;
using namespace millrace::ingest;

namespace {

rendered source_of(std::string_view text, std::string_view name) {
  auto read = read_source({text, name});
  REQUIRE(std::holds_alternative<tree::document>(read));
  auto made = render(std::get<tree::document>(std::move(read)));
  REQUIRE(fault_of(made.outline, made.text) == "");
  return made;
}

std::vector<std::size_t> part_lines(std::string_view text, std::string_view language) {
  std::vector<std::size_t> lines;
  for (const auto& part : parts_of_code(text, language))
    lines.push_back(part.line);
  return lines;
}

using numbers = std::vector<std::size_t>;
/// Long enough to be a part of its own.
const std::string filler(400, 'x');

}  // namespace

TEST_CASE("source code keeps its indentation, its signs and the blank lines between functions") {
  const std::string python =
      "def feed(pump):\n    if pump:\n        pump.steps[k](1)\n\n\n# stop everything\ndef "
      "stop(pump):\n"
      "  pump.table[\"on\"] *= 2\n";
  const auto made = source_of(python, "feed.py");
  CHECK(made.text == "```python\n" + python + "```\n");
  for (const auto& entry : made.outline)
    CHECK(entry.level == 0);
}

TEST_CASE("a line that was added to a patch stays one") {
  CHECK(
      source_of("--- a/p\n+++ b/p\n@@ -1 +1 @@\n- limit = 80\n+ limit = 95\n", "fix.patch").text ==
      "```diff\n--- a/p\n+++ b/p\n@@ -1 +1 @@\n- limit = 80\n+ limit = 95\n```\n");
}

TEST_CASE("the words of XML and the remarks of scripts are code") {
  CHECK(source_of("<?xml version=\"1.0\"?>\n<a><b>Impeller</b></a>\n", "list.xml").text ==
        "```xml\n<?xml version=\"1.0\"?>\n<a><b>Impeller</b></a>\n```\n");
  CHECK(source_of("#!/bin/sh\n# Read the settings\n", "start").text ==
        "```shell\n#!/bin/sh\n# Read the settings\n```\n");
}

TEST_CASE("chunks do not cut through functions that fit") {
  std::string code;
  for (const std::size_t lines : {9, 30, 12, 28, 25, 8}) {
    code += "def f():\n";
    for (std::size_t i = 0; i < lines; ++i)
      code += "    step_of_the_pump(" + std::to_string(i) + ")\n" + (i % 7 == 6 ? "\n" : "");
    code += "    return done\n\n\n";
  }
  const auto made = source_of(code, "f.py");
  const auto chunks = chunker{chunk_settings{.overlap = 0}}.split("d", made.text, made.outline);
  REQUIRE(chunks.size() > 2);
  for (std::size_t i = 1; i < chunks.size(); ++i)
    CHECK(chunks[i].text.starts_with("def f():"));
}

TEST_CASE("parts of code are functions, members, sections and hunks") {
  CHECK(part_lines("int a() {\n  " + filler + "\n\n  " + filler + "\n}\n\n// b\nint b() {\n" +
                       filler + "\n}\n",
                   "cpp") == numbers{3, 6});
  CHECK(part_lines("{\n  \"a\": \"" + filler + "{\",\n  \"b\": [\n    \"" + filler + "\"\n  ]\n}\n",
                   "json") == numbers{1, 2, 3});
  CHECK(part_lines("a:\n  b: " + filler + "\n# of c\nc:\n  d: " + filler + "\n", "yaml") ==
        numbers{2});
  CHECK(part_lines("[a]\nb = " + filler + "\n\nc = 1\n; of d\n[d]\ne = " + filler + "\n", "ini") ==
        numbers{4});
  CHECK(part_lines("{\"a\": \"" + filler + "\"}\n{\"a\": \"" + filler + "\"}\n", "jsonl") ==
        numbers{1});
  CHECK(part_lines("diff --git a b\n--- a\n+++ b\n@@ -1 +1 @@\n" + filler + "\n@@ -9 +9 @@\n-" +
                       filler + "\ndiff --git c d\n" + filler + "\n",
                   "diff") == numbers{3, 5, 7});
}

TEST_CASE("small neighbours in code are one part") {
  CHECK(part_lines("a = 1\n\nb = 2\n\nc = 3\n", "python").empty());
}
