#include "ingest/parse/pdf_text.hpp"

#include <catch2/catch.hpp>

#include <string>

using millrace::ingest::pdf_text;

TEST_CASE("pdf_text joins the lines of a paragraph") {
  CHECK(pdf_text("This is the first line of a paragraph that\n"
                 "goes on to the second line and then to the\n"
                 "third.\n\nAnother paragraph.\n\f") ==
        "This is the first line of a paragraph that goes on to the second line and then to the "
        "third.\n\nAnother paragraph.\n");
}

TEST_CASE("pdf_text begins a paragraph where a line ends early with a sentence") {
  CHECK(pdf_text("The last line of this paragraph, which is of two\n"
                 "lines, is short.\n"
                 "And the next paragraph begins without a gap, as\n"
                 "books are set.\n") ==
        "The last line of this paragraph, which is of two lines, is short.\n\n"
        "And the next paragraph begins without a gap, as books are set.\n");
}

TEST_CASE("pdf_text makes whole words of hyphenated ones, and keeps compounds") {
  CHECK(pdf_text("A line that ends in the middle of a docu-\nment.") ==
        "A line that ends in the middle of a document.\n");
  CHECK(pdf_text("It is well-known that well-\nknown compounds keep it.") ==
        "It is well-known that well-known compounds keep it.\n");
  CHECK(pdf_text("The state-of-the-\nart has it, and so has UTF-\n8.") ==
        "The state-of-the-art has it, and so has UTF-8.\n");
  CHECK(pdf_text("A soft\u00AD\nware hyphen that nobody is to see.") ==
        "A software hyphen that nobody is to see.\n");
}

TEST_CASE("pdf_text makes letters of ligatures") {
  CHECK(pdf_text("e\uFB03cient \uFB01le \uFB02ow o\uFB00") == "efficient file flow off\n");
  CHECK(pdf_text("\uFB07 \xEF\xAC") == "\uFB07 \xEF\xAC\n");
}

TEST_CASE("pdf_text keeps items, headings and code on lines of their own") {
  CHECK(pdf_text("There are two of them, and this line is the widest:\n"
                 "• first item\n• second item, which is so long that it goes on\nhere\n"
                 "1. numbered\n(a) lettered") ==
        "There are two of them, and this line is the widest:\n"
        "- first item\n- second item, which is so long that it goes on here\n"
        "1. numbered\n(a) lettered\n");
  CHECK(pdf_text("2.2 Naming\nConsider this definition, which has a full line of text:\n") ==
        "2.2 Naming\nConsider this definition, which has a full line of text:\n");
}

TEST_CASE("pdf_text gives a bullet that stands apart to its text") {
  CHECK(pdf_text("•\n\nThe text of the item.\n\n•\nAnother one.\n") ==
        "- The text of the item.\n\n- Another one.\n");
}

TEST_CASE("pdf_text begins a paragraph on every page") {
  CHECK(pdf_text("end of page one\n\fstart of page two\n\f") ==
        "end of page one\n\nstart of page two\n");
}

TEST_CASE("pdf_text makes nothing of pages without words") {
  CHECK(pdf_text("").empty());
  CHECK(pdf_text(" \n\f\n\t\f").empty());
  CHECK(pdf_text("\n•\n\f").empty());
}
