#include "ingest/readers/plain_tree.hpp"

#include "ingest/document/writer.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace millrace;
using namespace millrace::ingest;

TEST_CASE("plain text keeps every character but white space at the ends of lines") {
  for (const std::string text :
       {"One sentence.  Another  one,\nand \u00A0 wide\u3000blanks.\n",
        "Name        Day    Night\nMill                0.17\n", "# done\n\n* a *b* [1]\n\n[1]: u\n",
        "<anna@works.example> wrote:\n> The pump <P-12> is loud.\n", "  indented\n\n\ttab\there\n",
        "-----\n$ git branch\n* master\n  old\n-----\n"}) {
    CAPTURE(text);
    CHECK(render(plain_tree(text)).text == text);
  }
  CHECK(render(plain_tree("a  \nb\t\n")).text == "a\nb\n");
}
