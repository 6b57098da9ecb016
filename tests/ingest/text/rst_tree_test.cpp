#include "ingest/text/rst_tree.hpp"

#include "tests/ingest/html/print_tree.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <variant>

using namespace millrace;
using namespace millrace::ingest;

namespace {

std::string rst_blocks(std::string_view text) {
  auto read = read_rst({text, "a.rst"});
  REQUIRE(std::holds_alternative<tree::document>(read));
  return tests::print_tree(std::get<tree::document>(read).content);
}

}  // namespace

TEST_CASE("titles of reStructuredText have the level of their line of signs") {
  CHECK(rst_blocks("======\nManual\n======\n\nRunning\n-------\nStart it.\n\nSafety\n~~~~~~\n\n"
                   "Never run it dry.\n\nRepair\n------\n") ==
        "h1 Manual\nh2 Running\np Start it.\nh3 Safety\np Never run it dry.\nh2 Repair\n");
}

TEST_CASE("lines of signs under other text make no titles of reStructuredText") {
  CHECK(rst_blocks("one\ntwo\n---\n\nA long title here\n---\n\n----\n\nx\n") ==
        "p one\ntwo\n---\np A long title here\n---\np ----\np x\n");
  CHECK(rst_blocks("=====  =====\nName   Price\n=====  =====\nPump   0.31\n=====  =====\n")
            .starts_with("verse\n"));
}

TEST_CASE("literal blocks and directives of code are code") {
  CHECK(rst_blocks("Run it::\n\n  $ git branch\n\n    * master\n\nThen stop.\n") ==
        "p Run it::\ncode\n  $ git branch\n  \n    * master\np Then stop.\n");
  CHECK(rst_blocks(".. code-block:: python\n   :linenos:\n\n   def f():\n       # no title\n\n"
                   "After.\n") == "code python\n  def f():\n      # no title\np After.\n");
  CHECK(rst_blocks("* an item::\n\n    x = 1\n\n* another\n") ==
        "p * an item::\ncode\n  x = 1\np * another\n");
}

TEST_CASE("what is not known of reStructuredText stays as it stands") {
  CHECK(
      rst_blocks(".. note:: Keep *this*.\n\n:Author: A. Miller\n\n`link <https://a.example>`_\n") ==
      "p .. note:: Keep *this*.\np :Author: A. Miller\np `link <https://a.example>`_\n");
}
