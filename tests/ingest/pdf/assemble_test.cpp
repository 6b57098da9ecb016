#include "ingest/pdf/assemble.hpp"

#include "ingest/document/writer.hpp"
#include "ingest/pdf/read_pages.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

using namespace millrace::ingest;

namespace {

/// A page of what `pdftotext -bbox-layout` writes; every character takes half its size.
class page_xml {
 public:
  /// A block of lines, from that place downwards.
  page_xml& block(float left, float top, const std::vector<std::string>& lines, float size = 10) {
    out_ += "<block xMin=\"0\">\n";
    for (const auto& text : lines) {
      const auto indent = text.find_first_not_of(' ');
      float at = left + 0.5F * size * static_cast<float>(indent);
      out_ += "<line xMin=\"0\">\n";
      for (std::size_t i = indent; i < text.size();) {
        const auto end = std::min(text.find(' ', i), text.size());
        const float right = at + widths_ * size * static_cast<float>(end - i);
        out_ += fmt::format(R"(<word xMin="{}" yMin="{}" xMax="{}" yMax="{}">{}</word>)"
                            "\n",
                            at, top, right, top + size, text.substr(i, end - i));
        // Words of text have no grid.
        at = right + gap_ * size;
        i = end + 1;
      }
      out_ += "</line>\n";
      top += 1.2F * size;
    }
    out_ += "</block>\n";
    return *this;
  }
  page_xml& code(float left, float top, const std::vector<std::string>& lines) {
    gap_ = 0.5F;
    block(left, top, lines);
    gap_ = 0.3F;
    return *this;
  }
  std::string text() const { return "<page width=\"600\" height=\"800\">\n" + out_ + "</page>\n"; }

 private:
  std::string out_;
  float widths_ = 0.5F;
  float gap_ = 0.3F;
};

tree::document assembled(const std::vector<page_xml>& xml,
                         const std::vector<pdf_layout::bookmark>& outline = {}) {
  std::vector<pdf_layout::page> pages;
  pdf_layout::page_reader reader{[&](pdf_layout::page&& one) { pages.push_back(std::move(one)); }};
  for (const auto& one : xml)
    reader.feed(one.text());
  return pdf_layout::assemble(std::move(pages), outline);
}

std::string text_of_pdf(const std::vector<page_xml>& xml,
                        const std::vector<pdf_layout::bookmark>& outline = {}) {
  return render(assembled(xml, outline)).text;
}

const std::vector<std::string> some_text{"The pumps of the lower hall are looked after by day and",
                                         "by night, and those of the upper hall by day alone, for",
                                         "they are small."};
constexpr auto joined_text =
    "The pumps of the lower hall are looked after by day and by night, and those of the upper hall "
    "by day alone, for they are small.\n";

}  // namespace

TEST_CASE("lines of a block of a PDF become a paragraph") {
  CHECK(text_of_pdf({page_xml{}.block(72, 72, some_text)}) == joined_text);
}

TEST_CASE("large lines of a PDF are headings, remarks of listings and formulas are none") {
  const auto text = text_of_pdf({page_xml{}
                                     .block(72, 72, {"Maintenance"}, 16)
                                     .block(72, 100, some_text)
                                     .code(72, 150, {"# every month", "run --now", "  and again"})
                                     .block(72, 200, {"= + ="}, 16)});
  CHECK(text == std::string{"# Maintenance\n\n"} + joined_text +
                    "\n```\n# every month\nrun --now\n  and again\n```\n\n= + =\n");
}

TEST_CASE("titles of a PDF's outline are headings of its levels whatever their size") {
  const auto text = text_of_pdf({page_xml{}
                                     .block(72, 72, {"Chapter 1. Pumps"})
                                     .block(72, 100, {"1.1 The lower hall"})
                                     .block(72, 130, some_text)
                                     .block(72, 200, {"Large but no title"}, 16)},
                                {{"Pumps", 1, 1}, {"The lower hall", 1, 2}, {"Elsewhere", 2, 2}});
  CHECK(text.starts_with("# Chapter 1. Pumps\n\n## 1.1 The lower hall\n\n"));
}

TEST_CASE("what recurs at the ends of a PDF's pages is dropped, and sentences go on over them") {
  std::vector<page_xml> pages;
  for (const auto* hall : {"lower", "upper", "inner", "outer"})
    pages.push_back(
        page_xml{}
            .block(72, 30, {"Handbook of pumps"})
            .block(72, 72,
                   {fmt::format("which goes on to the {} hall from the page before it and", hall),
                    "then does not end with the page but is main-"})
            .block(300, 760, {fmt::format("Page {}", pages.size() + 1)}));
  const auto text = text_of_pdf(pages);
  CHECK(text.find("Handbook") == text.npos);
  CHECK(text.find("Page") == text.npos);
  CHECK(text.find("\n\n") == text.npos);
  CHECK(text_of_pdf(std::vector(4, page_xml{}.block(72, 30, {"A label"}))).find("A label") == 0);
}

TEST_CASE("a row whose cells have several lines is one row") {
  CHECK(text_of_pdf({page_xml{}
                         .block(72, 72, {"Name"})
                         .block(200, 72, {"Size"})
                         .block(340, 72, {"Description"})
                         .block(340, 94, {"Keeps the", "lower hall dry"})
                         .block(72, 100, {"pump"})
                         .block(200, 100, {"12"})
                         .block(72, 130, {"mill"})
                         .block(200, 130, {"7"})
                         .block(340, 130, {"Grinds"})}) ==
        "| Name | Size | Description |\n| --- | --- | --- |\n"
        "| pump | 12 | Keeps the lower hall dry |\n| mill | 7 | Grinds |\n");
}

TEST_CASE("cells side by side are rows of a table, columns of text are read one by one") {
  const auto table = text_of_pdf({page_xml{}
                                      .block(72, 72, {"Number"})
                                      .block(200, 72, {"Place"})
                                      .block(340, 72, {"Litres"})
                                      .block(72, 90, {"P-1"})
                                      .block(200, 90, {"Lower hall"})
                                      .block(340, 90, {"1200"})
                                      .block(72, 108, {"P-2"})
                                      .block(200, 108, {"Yard"})
                                      .block(340, 108, {"900"})});
  CHECK(table ==
        "| Number | Place | Litres |\n| --- | --- | --- |\n"
        "| P-1 | Lower hall | 1200 |\n| P-2 | Yard | 900 |\n");
  const auto columns = text_of_pdf({page_xml{}.block(20, 72, some_text).block(320, 72, some_text)});
  CHECK(columns == std::string{joined_text} + "\n" + joined_text);
}

TEST_CASE("a table of contents of a PDF is a list without its dots") {
  CHECK(
      text_of_pdf({page_xml{}.block(
          72, 72, {"1 Pumps . . . . . . 3", "1.1 Halls ......... 4", "2 Mills . . . . . . 12"})}) ==
      "- 1 Pumps 3\n- 1.1 Halls 4\n- 2 Mills 12\n");
}

TEST_CASE("items of a PDF are lists, a year at the beginning of a line is none") {
  CHECK(text_of_pdf({page_xml{}.block(
            72, 72,
            {"The hall was built for all the pumps of the town in", "1873. They were small."})}) ==
        "The hall was built for all the pumps of the town in 1873. They were small.\n");
  CHECK(text_of_pdf({page_xml{}
                         .block(72, 72, {"\u2022"})
                         .block(90, 72, {"First of them"})
                         .block(72, 90, {"\u2022 Second"})}) == "- First of them\n- Second\n");
}

TEST_CASE("lines of Japanese are joined without a space") {
  CHECK(text_of_pdf({page_xml{}.block(72, 72, {"仕事の順", "序"})}).find("仕事の順序") == 0);
}

TEST_CASE("a PDF names its pages without text, and has no blocks when all are") {
  const auto made = assembled({page_xml{}.block(72, 72, some_text), page_xml{}, page_xml{}});
  REQUIRE(made.warnings.size() == 1);
  CHECK(made.warnings[0].code == "PDF_PAGES_WITHOUT_TEXT");
  CHECK(made.warnings[0].count == 2);
  CHECK(made.warnings[0].message.find("2, 3") != std::string::npos);
  CHECK(assembled({page_xml{}, page_xml{}}).content.empty());
}

TEST_CASE("every block of a PDF has its page and box") {
  const auto made = assembled({page_xml{}.block(72, 72, some_text)});
  REQUIRE(made.content.size() == 1);
  CHECK(made.content[0].from.first_page == 1);
  REQUIRE(made.content[0].from.box.has_value());
  CHECK(made.content[0].from.box->left == Approx(72));
}

TEST_CASE("the outline of a PDF is read with its levels") {
  const auto found = pdf_layout::read_bookmarks(
      "<pdf2xml>\n<page/>\n<outline>\n<item page=\"3\">Pumps &amp; mills</item>\n<outline>\n"
      "<item page=\"4\">Halls</item>\n</outline>\n</outline>\n</pdf2xml>\n");
  REQUIRE(found.size() == 2);
  CHECK(found[0].title == "Pumps & mills");
  CHECK(found[0].page == 3);
  CHECK(found[1].level == 2);
}

TEST_CASE("what is no XML of pages is nothing, and damaged numbers do no harm") {
  std::vector<pdf_layout::page> pages;
  pdf_layout::page_reader reader{[&](pdf_layout::page&& one) { pages.push_back(std::move(one)); }};
  reader.feed(
      "<page width=\"nan\" height=\"1e99\">\n<block>\n<line>\n<word xMin=\"inf\">a</word>\n");
  reader.feed("<word>b</word>\n<word\n</line>\n</page>\n<word xMin=");
  CHECK(pages.size() == 1);
  CHECK_NOTHROW(pdf_layout::assemble(std::move(pages), {}));
}
