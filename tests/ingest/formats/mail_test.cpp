#include "ingest/formats/formats.hpp"
#include "tests/ingest/formats/tree_text.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::ingest;
using tests::tree_text;

namespace {

/// Stands for the reader of HTML: one paragraph of its source.
tree::read_result as_source(std::string_view html) {
  tree::document made;
  made.content.push_back({tree::paragraph{{{tree::span_kind::text, std::string{html}}}}});
  return made;
}

const std::string message =
    "From: =?UTF-8?Q?J=C3=B6rg?= <j@x.y>\nSubject: =?ISO-8859-1?Q?Gr=FC=DFe?=\n"
    "Date: Thu, 29 Sep 2022 12:22:20 +0100\nMIME-Version: 1.0\n"
    "Content-Type: multipart/mixed; boundary=\"XX\"\n\n--XX\n"
    "Content-Type: multipart/alternative; boundary=\"YY\"\n\n--YY\n"
    "Content-Type: text/plain; charset=ISO-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n"
    "Gr=FC=DFe plain\n--YY\nContent-Type: text/html; charset=UTF-8\n\n<p>hello</p>\n--YY--\n--XX\n"
    "Content-Type: text/plain\nContent-Disposition: attachment; filename=\"notes.txt\"\n\n"
    "attached\n--XX--\n";

}  // namespace

TEST_CASE("a message has its subject, one of its alternatives and its attachments") {
  const auto read = formats::read_eml(message, {}, as_source);
  CHECK(tree_text(read.text) == "# Grüße\n<p>hello</p>\n");
  const auto& made = std::get<tree::document>(read.text);
  CHECK(made.about.author == "Jörg <j@x.y>");
  CHECK(made.content[1].from.part == "1.2");
  REQUIRE(read.attachments.size() == 1);
  CHECK(read.attachments[0].path == "notes.txt");
  CHECK(read.attachments[0].bytes == "attached");
}

// unstructured issue 794: a message without a text was an error.
TEST_CASE("a message that has attachments only is read") {
  const auto read = formats::read_eml(
      "Subject: s\nContent-Type: application/pdf\nContent-Disposition: attachment; "
      "filename=\"a/b.pdf\"\n\n%PDF",
      {}, as_source);
  CHECK(tree_text(read.text) == "# s\n");
  REQUIRE(read.attachments.size() == 1);
  CHECK(read.attachments[0].path == "a/b.pdf");
}

TEST_CASE("an attachment whose name leads out of its folder gets another name") {
  const auto read = formats::read_eml(
      "Content-Type: application/pdf\nContent-Disposition: attachment; "
      "filename=\"../../b.pdf\"\n\n%PDF",
      {}, as_source);
  REQUIRE(read.attachments.size() == 1);
  CHECK(read.attachments[0].path == "part-1.pdf");
}

TEST_CASE("lines of a message that flow are joined") {
  CHECK(tree_text(formats::read_eml("Content-Type: text/plain; format=flowed\n\none \ntwo\nthree\n",
                                    {}, as_source)
                      .text) == "one two/three\n");
}

TEST_CASE("a mailbox has all of its messages") {
  const auto read = formats::read_mbox(
      "From a Mon\n" + message + "\nFrom b Tue\nSubject: two\n\nbody\n>From here\n", {}, as_source);
  CHECK(tree_text(read.text) == "# Grüße\n<p>hello</p>\n# two\nbody/From here\n");
  CHECK(read.attachments.size() == 1);
}

TEST_CASE("messages within messages end") {
  std::string deep;
  for (int i = 0; i < 200; ++i) {
    const auto mark = "b" + std::to_string(i);
    deep += "Content-Type: multipart/mixed; boundary=" + mark + "\n\n--" + mark + "\n";
  }
  CHECK(tests::code_of(formats::read_eml(deep, {}, as_source).text) == "FILE_TOO_DEEP");
}

TEST_CASE("a saved page is its HTML") {
  CHECK(tree_text(formats::read_mhtml(
            "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=Z\n\n--Z\n"
            "Content-Type: text/html\n\n<p>x</p>\n--Z\nContent-Type: text/css\n\np{}\n--Z--\n",
            {}, as_source)) == "<p>x</p>\n");
}

TEST_CASE("a book has its chapters in the order of its spine") {
  const auto text = tree_text(formats::read_epub(tests::sample("pandoc.epub"), {}, as_source));
  CHECK(text.find("<h1 class=\"title\">Pump manual</h1>") < text.find("First heading"));
  CHECK_THAT(text, Catch::Contains("steps[k](litres)"));
}

TEST_CASE("RTF of two producers comes through") {
  const auto text = GENERATE(tree_text(formats::read_rtf(tests::sample("pandoc.rtf"), {})),
                             tree_text(formats::read_rtf(tests::sample("libreoffice.rtf"), {})));
  CHECK_THAT(text, Catch::Contains("# First heading\nSome text with 10^6^ and H~2~O, "
                                   "steps[k](litres) and a link.^1^\n"));
  CHECK_THAT(text, Catch::Contains("  |A|B|\n  |1|2|\n  |3|4|\n"));
  CHECK_THAT(text, Catch::Contains("footnote 1\n"));
}

TEST_CASE("RTF's characters come through in each of its encodings") {
  CHECK(tree_text(formats::read_rtf(
            "{\\rtf1\\ansi\\ansicpg1251 \\'cf\\'f0 \\u8364?\\u-10179?\\u-8704?}", {})) ==
        "Пр €\U0001F600\n");
  CHECK(tree_text(formats::read_rtf("{\\rtf1{\\fonttbl{\\f1\\fcharset128 M;}}\\f1 \\'82\\'a0}",
                                    {})) == "あ\n");
}

TEST_CASE("a zip is known as a document by what is in it") {
  CHECK(formats::type_of_zip(tests::sample("pandoc.epub")) == "application/epub+zip");
  CHECK(formats::type_of_zip(tests::sample("libreoffice.ods")) ==
        "application/vnd.oasis.opendocument.spreadsheet");
  CHECK(formats::type_of_zip(tests::sample("pandoc.docx")).ends_with("wordprocessingml.document"));
  CHECK(formats::type_of_zip(tests::sample("libreoffice.xlsx")).ends_with("spreadsheetml.sheet"));
  CHECK(formats::type_of_zip(tests::sample("libreoffice.pptx"))
            .ends_with("presentationml.presentation"));
  CHECK(formats::type_of_zip(tests::zip_of({{"a.txt", "x"}})) == "application/zip");
}
