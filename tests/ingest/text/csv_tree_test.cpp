#include "ingest/text/csv_tree.hpp"

#include "ingest/chunk/chunker.hpp"
#include "ingest/document/writer.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <variant>

using namespace millrace;
using namespace millrace::ingest;

namespace {

rendered csv_text(std::string_view text) {
  auto read = read_csv({text, "a.csv"});
  REQUIRE(std::holds_alternative<tree::document>(read));
  return render(std::get<tree::document>(std::move(read)));
}

}  // namespace

TEST_CASE("CSV is a table with a head, whatever separates its fields") {
  const std::string table = "| Name | Price |\n| --- | --- |\n| Pump | 0.31 |\n";
  CHECK(csv_text("Name,Price\nPump,0.31\n").text == table);
  CHECK(csv_text("Name;Price\r\nPump;0.31\r\n").text == table);
  CHECK(csv_text("Name\tPrice\nPump\t0.31").text == table);
  CHECK(csv_text("sep=;\nName;Price\nPump;0.31\n").text == table);
  CHECK(csv_text("Name;Price\nPump;0,31\nMill;1,05\n").text ==
        "| Name | Price |\n| --- | --- |\n| Pump | 0,31 |\n| Mill | 1,05 |\n");
}

TEST_CASE("a quoted field of CSV may have separators, quotes and line ends") {
  CHECK(csv_text("a,b\n\"x, \"\"y\"\"\nz\",2\n\"\",3\n").text ==
        "| a | b |\n| --- | --- |\n| x, \"y\" z | 2 |\n| | 3 |\n");
}

TEST_CASE("CSV that begins with numbers has no head") {
  CHECK(csv_text("1,Pump\n2,Mill\n").text == "| 1 | Pump |\n| 2 | Mill |\n");
  CHECK(csv_text("Place,2023,2024\nHall,1,2\n").text.starts_with("| Place | 2023 | 2024 |\n| ---"));
}

TEST_CASE("rows of CSV that do not agree are filled up and told of") {
  const auto made = csv_text("a;b;c\nP 1;\nP 2;\nP 3;\n");
  CHECK(made.text == "| a | b | c |\n| --- | --- | --- |\n| P 1 | | |\n| P 2 | | |\n| P 3 | | |\n");
  REQUIRE(made.warnings.size() == 1);
  CHECK(made.warnings[0].code == "TABLE_IRREGULAR");
  CHECK(made.warnings[0].count == 3);
}

TEST_CASE("what is no table stays text, whatever its name") {
  CHECK(csv_text("A note.\n\nIt has no rows, at all.\n").text ==
        "A note.\n\nIt has no rows, at all.\n");
  CHECK(csv_text("a,b\n\"never closed,1\nc,d\n").text == "a,b\n\"never closed,1\nc,d\n");
}

TEST_CASE("each chunk of CSV that is cut says what its columns are") {
  std::string rows = "Number;Litres per hour\n";
  for (int i = 0; i < 200; ++i)
    rows += "P-" + std::to_string(i) + ";1007\n";
  const auto made = csv_text(rows);
  const auto chunks = chunker{{}}.split("d", made.text, made.outline);
  REQUIRE(chunks.size() > 2);
  for (const auto& chunk : chunks)
    CHECK(chunk.text.starts_with("| Number | Litres per hour |\n| --- | --- |\n"));
}

TEST_CASE("one row of CSV that is wider than all others does not fill them up") {
  std::string text;
  for (int row = 0; row < 5'000; ++row)
    text += "a,b\n";
  text += std::string(5'000, ',') + "\n";
  const auto made = csv_text(text);
  CHECK(made.text.size() < 2 * text.size());
  CHECK(made.text.starts_with("a,b\n"));
}
