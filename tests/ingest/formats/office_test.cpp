#include "ingest/formats/formats.hpp"
#include "tests/ingest/formats/tree_text.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::ingest;
using tests::tree_text;

namespace {

using Catch::Contains;

constexpr auto office_relations =
    R"(<Relationships><Relationship Id="r" Type="x/officeDocument" Target="main.xml"/></Relationships>)";

/// A document of Word with that body and further parts.
std::string docx_of(const std::string& body, std::vector<tests::zip_entry> more = {}) {
  more.push_back({"_rels/.rels", office_relations});
  more.push_back(
      {"main.xml", "<w:document xmlns:w='w'><w:body>" + body + "</w:body></w:document>"});
  return tests::zip_of(more);
}

std::string read_docx_text(const std::string& body, std::vector<tests::zip_entry> more = {}) {
  return tree_text(formats::read_docx(docx_of(body, std::move(more)), {}));
}

tests::zip_entry relation(const char* type, const char* target) {
  return {"_rels/main.xml.rels", std::string{"<Relationships><Relationship Id='a' Type='x/"} +
                                     type + "' Target='" + target + "'/></Relationships>"};
}

}  // namespace

TEST_CASE("documents of two producers come through with their structure") {
  const auto name = GENERATE("pandoc.docx", "pandoc.odt");
  CAPTURE(name);
  const auto bytes = tests::sample(name);
  const auto read = std::string_view{name}.ends_with("docx") ? formats::read_docx(bytes, {})
                                                             : formats::read_odt(bytes, {});
  const auto text = tree_text(read);
  CHECK_THAT(text, Contains("# First heading\nSome text with 10^6^ and H~2~O, `steps[k](litres)` "
                            "and a link.^1^\n"));
  CHECK_THAT(text, Contains("list\n  1.\n    one\n  2.\n    two\n    list\n      -\n        nested "
                            "bullet\n      -\n        second\n  3.\n    three\n"));
  CHECK_THAT(text, Contains("## Second\ntable, head 1\n  |A|B|\n  |1|2|\n  |3|4|\n"));
  CHECK_THAT(text, Contains("code def f():\n  |     return 1\nquote\n  quoted words\n"));
  CHECK_THAT(text, Contains("formula \\frac{a}{b}\n"));
  CHECK_THAT(text, Contains("footnote 1\n"));
  CHECK(std::get<tree::document>(read).about.title == "Pump manual");
  CHECK(std::get<tree::document>(read).about.author == "Ann");
}

TEST_CASE("documents of LibreOffice come through with merged cells and raised text") {
  const auto text = GENERATE(tree_text(formats::read_docx(tests::sample("libreoffice.docx"), {})),
                             tree_text(formats::read_odt(tests::sample("libreoffice.odt"), {})));
  CHECK_THAT(text, Contains("# Main\nx^2^ y~i~\n"));
  CHECK_THAT(text, Contains("  3.\n    three\n  4.\n    four\n    list\n      -\n        inner\n"));
  CHECK_THAT(text, Contains("  |Head||\n  |a|b|\n  ||c|\n"));
  CHECK_THAT(text, Contains("code line 1\n  |   line 2\n"));
}

TEST_CASE("slides come through with their numbers") {
  const auto read = GENERATE(formats::read_pptx(tests::sample("libreoffice.pptx"), {}),
                             formats::read_odp(tests::sample("libreoffice.odp"), {}));
  CHECK_THAT(tree_text(read), Contains("page break\n# First heading\nSome text with 10^6^"));
  CHECK_THAT(tree_text(read), Contains("  |A|B|\n  |1|2|\n"));
  CHECK(std::get<tree::document>(read).content.back().from.first_page == 4);
}

// docling issue 3152: paragraphs with tracked changes were lost.
TEST_CASE("inserted text of a document stays and deleted text goes") {
  CHECK(read_docx_text("<w:p><w:r><w:t>a </w:t></w:r><w:ins><w:r><w:t>new</w:t></w:r></w:ins>"
                       "<w:del><w:r><w:delText>old</w:delText></w:r></w:del></w:p>") == "a new\n");
}

// docling issue 3759: numbers were made up for headings whose format shows none.
TEST_CASE("headings have the numbers that are shown, and no others") {
  const auto numbering = [](const char* format) {
    return std::string{
               "<n><w:abstractNum w:abstractNumId='1'><w:lvl w:ilvl='0'><w:start w:val='2'/>"
               "<w:numFmt w:val='"} +
           format + "'/><w:lvlText w:val='%1.'/></w:lvl></w:abstractNum><w:num w:numId='7'>" +
           "<w:abstractNumId w:val='1'/></w:num></n>";
  };
  const std::string body =
      "<w:p><w:pPr><w:outlineLvl w:val='1'/><w:numPr><w:numId w:val='7'/></w:numPr></w:pPr>"
      "<w:r><w:t>x</w:t></w:r></w:p>";
  CHECK(read_docx_text(body, {relation("numbering", "n.xml"), {"n.xml", numbering("decimal")}}) ==
        "## 2. x\n");
  CHECK(read_docx_text(body, {relation("numbering", "n.xml"),
                              {"n.xml", numbering("upperRoman")}}) == "## II. x\n");
  CHECK(read_docx_text(body, {relation("numbering", "n.xml"), {"n.xml", numbering("none")}}) ==
        "## x\n");
}

TEST_CASE("a heading's style is known in other languages, by outline and by inheritance") {
  const auto level =
      GENERATE("<w:style w:styleId='s'><w:name w:val='Überschrift 2'/></w:style>",
               "<w:style w:styleId='s'><w:name w:val='Mine'/><w:pPr><w:outlineLvl "
               "w:val='1'/></w:pPr></w:style>",
               "<w:style w:styleId='s'><w:name w:val='Mine'/><w:basedOn w:val='b'/></w:style>"
               "<w:style w:styleId='b'><w:name w:val='heading 2'/></w:style>");
  CHECK(read_docx_text("<w:p><w:pPr><w:pStyle w:val='s'/></w:pPr><w:r><w:t>x</w:t></w:r></w:p>",
                       {relation("styles", "s.xml"),
                        {"s.xml", std::string{"<s>"} + level + "</s>"}}) == "## x\n");
}

// docling issue 1586: the words of text boxes were lost; others had them twice.
TEST_CASE("text boxes come through once") {
  CHECK(
      read_docx_text("<w:p><w:r><w:t>a</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:drawing>"
                     "<w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent>"
                     "</w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>"
                     "boxed</w:t></w:r></w:p></w:txbxContent></w:pict></mc:Fallback>"
                     "</mc:AlternateContent></w:r></w:p>") == "a\nboxed\n");
}

TEST_CASE("comments of a document follow its text") {
  CHECK(read_docx_text("<w:p><w:r><w:t>a</w:t><w:commentReference w:id='4'/></w:r></w:p>",
                       {relation("comments", "c.xml"),
                        {"c.xml",
                         "<c><w:comment w:id='4' w:author='Ann'><w:p><w:r><w:t>why?</w:t>"
                         "</w:r></w:p></w:comment></c>"}}) ==
        "a\nfootnote comment 1\n  Ann:\n  why?\n");
}

// markitdown issue 332: the text of grouped shapes was lost.
TEST_CASE("grouped shapes of a slide come through, in the order of reading") {
  const auto shape = [](int y, const char* text) {
    return "<p:sp><p:nvSpPr/><p:spPr><a:xfrm><a:off x='0' y='" + std::to_string(y) +
           "'/></a:xfrm></p:spPr><p:txBody><a:p><a:r><a:t>" + text +
           "</a:t></a:r></a:p></p:txBody></p:sp>";
  };
  const auto bytes = tests::zip_of(
      {{"_rels/.rels", office_relations},
       {"main.xml", "<p xmlns:r='r'><p:sldIdLst><p:sldId id='9' r:id='s1'/></p:sldIdLst></p>"},
       {"_rels/main.xml.rels", "<R><Relationship Id='s1' Type='x/slide' Target='s.xml'/></R>"},
       {"s.xml", "<s><p:cSld><p:spTree>" + shape(900, "low") + "<p:grpSp>" + shape(10, "high") +
                     "</p:grpSp></p:spTree></p:cSld></s>"}});
  CHECK(tree_text(formats::read_pptx(bytes, {})) == "high\nlow\n");
}
