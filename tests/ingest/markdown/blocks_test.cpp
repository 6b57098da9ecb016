#include "ingest/markdown/blocks.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace millrace;
using namespace millrace::ingest;

namespace {

/// The blocks of a text as a drawing: one line each, "depth kind first-line-of-the-block".
std::string drawing(std::string_view text) {
  std::string drawn;
  for (const auto& b : markdown_blocks(text)) {
    const auto line = text.substr(b.begin, text.find('\n', b.begin) - b.begin);
    const auto* kind = b.kind == block_kind::code      ? "code "
                       : b.kind == block_kind::heading ? "heading "
                                                       : "prose ";
    drawn += std::to_string(b.depth) + " " + kind + std::string{line} + "\n";
  }
  return drawn;
}

}  // namespace

TEST_CASE("blocks stand in order, with their depth and kind") {
  CHECK(drawing("# One\n"
                "words\n"
                "more words\n"
                "\n"
                "- item\n"
                "  - inner\n"
                "\n"
                "    second\n"
                "- last\n"
                "\n"
                "> quote\n"
                "\n"
                "```\n"
                "# code\n"
                "```\n"
                "Set\n"
                "---\n"
                "| a |\n"
                "|---|\n") ==
        "0 heading # One\n"
        "0 prose words\n"
        "0 prose - item\n"
        "2 prose   - inner\n"
        "4 prose     second\n"
        "1 prose - last\n"
        "0 prose > quote\n"
        "0 code ```\n"
        "0 heading Set\n"
        "0 prose | a |\n");
}

TEST_CASE("a text begins with a block, even if nothing is in it") {
  CHECK(drawing("\n\nwords\n") == "0 prose \n0 prose words\n");
  CHECK(markdown_blocks("\n").size() == 1);
  CHECK(markdown_blocks("").size() == 1);
}

TEST_CASE("definitions of links are text like any other") {
  CHECK(drawing("[a]: b\n\nwords\n") == "0 prose [a]: b\n0 prose words\n");
}

TEST_CASE("line ends of other systems are line ends") {
  CHECK(markdown_blocks("# a\r\n\r\nb\r\n").size() == 2);
  CHECK(markdown_blocks("# a\r\rb\r").size() == 2);
}

TEST_CASE("a text that is read in parts has the same blocks as its parts") {
  const std::string unit =
      "- item\n\n  second\n\n  - inner\n\n    third\n\n  ```\n  code\n  ```\n\n";
  const std::string closing = "# Heading\n\nwords\n\n";
  const auto few = markdown_blocks(unit + unit + closing);
  const auto in_unit = (few.size() - 2) / 2;
  std::string text = unit;
  std::size_t units = 1;
  for (; text.size() < 600'000; ++units)
    text += unit;
  const auto blocks = markdown_blocks(text + closing);
  REQUIRE(blocks.size() == units * in_unit + 2);
  for (std::size_t i = in_unit; i < units * in_unit; ++i) {
    const auto& same = few[in_unit + i % in_unit];
    REQUIRE(blocks[i].begin == same.begin + (i / in_unit - 1) * unit.size());
    REQUIRE(blocks[i].depth == same.depth);
    REQUIRE(blocks[i].kind == same.kind);
  }
  CHECK(blocks[units * in_unit].level == 1);
}

TEST_CASE("the words of a heading are told from its signs") {
  CHECK(heading_words("# One\n") == "One");
  CHECK(heading_words("##   One two  ##\n\nrest") == "One two");
  CHECK(heading_words("# C#\n") == "C#");
  CHECK(heading_words("  ### Indented\n") == "Indented");
  CHECK(heading_words("Set\next\n===\n") == "Set ext");
  CHECK(heading_words("#\n").empty());
  CHECK(heading_words("").empty());
}
