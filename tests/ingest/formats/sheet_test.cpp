#include "ingest/formats/formats.hpp"
#include "ingest/formats/sheet/number_format.hpp"
#include "tests/ingest/formats/tree_text.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::ingest;
using tests::tree_text;

namespace {

std::string xlsx_of(const std::string& rows, const std::string& state = "visible") {
  return tests::zip_of(
      {{"_rels/.rels",
        "<R><Relationship Id='r' Type='x/officeDocument' Target='xl/workbook.xml'/></R>"},
       {"xl/workbook.xml", "<w xmlns:r='r'><sheets><sheet name='S' sheetId='1' state='" + state +
                               "' r:id='a'/></sheets></w>"},
       {"xl/_rels/workbook.xml.rels",
        "<R><Relationship Id='a' Type='x/worksheet' Target='s.xml'/></R>"},
       {"xl/s.xml", "<s><sheetData>" + rows + "</sheetData></s>"}});
}

std::string ods_of(const std::string& rows) {
  return tests::zip_of({{"content.xml",
                         "<o:document-content><o:body><o:spreadsheet><t:table "
                         "t:name='S'>" +
                             rows +
                             "</t:table></o:spreadsheet></o:body>"
                             "</o:document-content>"}});
}

struct number_row {
  double value;
  const char* format;
  const char* shown;
};

}  // namespace

TEST_CASE("sheets of LibreOffice show dates and percentages as people see them") {
  const auto read = GENERATE(formats::read_xlsx(tests::sample("libreoffice.xlsx"), {}),
                             formats::read_ods(tests::sample("libreoffice.ods"), {}));
  CHECK(tree_text(read) ==
        "# s\ntable, head 1\n  |Date|Share|Name|\n  |2024-01-31|12.50%|Zoë|\n"
        "  |2024-02-01|7.00%|Ann|\n");
  CHECK(std::get<tree::document>(read).content[1].from.part == "s!A1:C3");
}

TEST_CASE("numbers are shown in the format of their cell") {
  const auto r = GENERATE(values<number_row>({
      {45322, "yyyy-mm-dd", "2024-01-31"},
      {45322.75, "d/m/yy h:mm AM/PM", "31/1/24 6:00 PM"},
      {45322.5, "dddd, d mmmm yyyy hh:mm:ss", "Wednesday, 31 January 2024 12:00:00"},
      {1.5, "[h]:mm", "36:00"},
      {0.125, "0.0%", "12.5%"},
      {1234567.891, "#,##0.00", "1,234,567.89"},
      {-1234.5, "#,##0.00;(#,##0.00)", "(1,234.50)"},
      {-5, "0", "-5"},
      {3, "\"Q\"0", "Q3"},
      {12, "[$€-407] #,##0", "€ 12"},
      {0.1 + 0.2, "General", "0.3"},
      {12345678901, "", "12345678901"},
      {1, "yyyy", "1900"},
      {1e300, "yyyy", "1e+300"},
  }));
  CAPTURE(r.value, r.format);
  CHECK(formats::shown_number(r.value, r.format, false) == r.shown);
}

// markitdown issue 1073: hidden sheets were read without a word.
TEST_CASE("a hidden sheet is left out, and that is told") {
  const auto read = formats::read_xlsx(xlsx_of("<row><c><v>1</v></c></row>", "hidden"), {});
  const auto& made = std::get<tree::document>(read);
  CHECK(made.content.empty());
  REQUIRE(made.warnings.size() == 1);
  CHECK(made.warnings[0].code == "SHEET_HIDDEN");
}

TEST_CASE("a cell in the last corner of a sheet costs one cell") {
  const auto read =
      formats::read_xlsx(xlsx_of("<row r='1'><c r='A1'><v>1</v></c></row>"
                                 "<row r='1048576'><c r='XFD1048576'><v>2</v></c></row>"),
                         {});
  CHECK(tree_text(read) == "# S\ntable, head 1\n  |1||\n  ||2|\n");
}

// odftoolkit issue 25 and readODS issue 81: empty rows that repeat took all memory, and rows with
// content that repeat were lost.
TEST_CASE("repeated cells and rows of a sheet count where they have content") {
  const auto read = formats::read_ods(
      ods_of("<t:table-row t:number-rows-repeated='2'><t:table-cell><x:p>a</x:p></t:table-cell>"
             "<t:table-cell t:number-columns-repeated='2'><x:p>b</x:p></t:table-cell>"
             "<t:table-cell t:number-columns-repeated='16381'/></t:table-row>"
             "<t:table-row t:number-rows-repeated='1048574'>"
             "<t:table-cell t:number-columns-repeated='16384'/></t:table-row>"),
      {});
  CHECK(tree_text(read) == "# S\ntable, head 1\n  |a|b|b|\n  |a|b|b|\n");
}

TEST_CASE("a sheet that repeats content without end is refused") {
  CHECK(tests::code_of(formats::read_ods(
            ods_of("<t:table-row t:number-rows-repeated='1048576'>"
                   "<t:table-cell t:number-columns-repeated='16384'><x:p>b</x:p></t:table-cell>"
                   "</t:table-row>"),
            {})) == "FILE_EXPANDS_TOO_MUCH");
}

TEST_CASE("a sheet whose cells stand on a diagonal is refused before its table is made") {
  std::string rows;
  for (int i = 1; i <= 5'000; ++i)
    rows += "<row r='" + std::to_string(i) + "'>" + "<c r='" +
            std::string{static_cast<char>('A' + i / 676 % 26), static_cast<char>('A' + i / 26 % 26),
                        static_cast<char>('A' + i % 26)} +
            std::to_string(i) + "'><v>1</v></c></row>";
  CHECK(tests::code_of(formats::read_xlsx(xlsx_of(rows), {})) == "FILE_EXPANDS_TOO_MUCH");
}
