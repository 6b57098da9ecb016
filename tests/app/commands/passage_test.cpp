#include "app/commands/passage.hpp"

#include "app/terminal/text.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace {

using millrace::app::passage_layout;
using millrace::app::passage_of;
using millrace::app::stretch;
using millrace::ingest::search::mark;

std::string text_of(const std::vector<stretch>& page) {
  std::string text;
  for (const auto& one : page)
    text += one.text;
  return text;
}

std::vector<std::string> marked_in(const std::vector<stretch>& page) {
  std::vector<std::string> marked;
  for (const auto& one : page)
    if (one.is_marked)
      marked.push_back(one.text);
  return marked;
}

std::vector<mark> marks_of(const std::string& text, const std::string& word) {
  std::vector<mark> marks;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
    marks.push_back({at, at + word.size()});
  return marks;
}

void check_widths(const std::vector<stretch>& page, std::size_t width, std::size_t lines) {
  std::size_t count = 0;
  std::string line;
  for (const char c : text_of(page)) {
    if (c != '\n') {
      line += c;
      continue;
    }
    INFO(line);
    CHECK(millrace::app::display_width(line) <= width);
    CHECK(line.find_last_not_of(' ') + 1 == line.size());
    line.clear();
    ++count;
  }
  CHECK(line.empty());
  CHECK(count <= lines);
}

}  // namespace

TEST_CASE("a short text is a passage as it is, its words marked") {
  const std::string text = "The lock lifts boats.\n\nBoats go down, too.";
  const auto page = passage_of(text, marks_of(text, "lock"), {.width = 60, .indent = 2});
  CHECK(text_of(page) == "  The lock lifts boats. Boats go down, too.\n");
  CHECK(marked_in(page) == std::vector<std::string>{"lock"});
}

TEST_CASE("a passage is where most of the marks stand") {
  std::string text;
  for (int n = 0; n < 200; ++n)
    text += n == 20 ? "wheel " : n == 150 ? "wheel and wheel. " : "water ";
  const auto page = passage_of(text, marks_of(text, "wheel"), {.width = 50, .lines = 2});
  CHECK(marked_in(page) == std::vector<std::string>{"wheel", "wheel"});
  CHECK(text_of(page).starts_with("… water"));
  CHECK(text_of(page).ends_with(" …\n"));
  check_widths(page, 50, 2);
}

TEST_CASE("a passage fits the width in every script, and with long words") {
  std::string han;
  std::string thai;
  for (int n = 0; n < 60; ++n) {
    han += "水车在河上转动。";
    thai += "กังหันน้ำหมุนอยู่ในแม่น้ำ";
  }
  const std::string address = "https://example.org/" + std::string(400, 'a') + " end";
  for (const auto& text : {han, thai, address, std::string{"\x1b[31mred\x07 \xff\xfe bytes"},
                           std::string{"  \n \t "}, std::string{}})
    for (const std::size_t width : {0U, 20U, 33U, 80U}) {
      INFO(text << " at " << width);
      const auto page = passage_of(text, marks_of(text, "转动"), {.width = width, .indent = 3});
      check_widths(page, std::max<std::size_t>(width, 23), 3);
    }
  const auto marks = marks_of(han, "转动");
  CHECK(marked_in(passage_of(han, marks, {.width = 40})).size() >= 5);
}

TEST_CASE("words that tell little beside the others are not marked") {
  const std::string text = "the the the the the one. The lock of the canal lifts the boats.";
  std::vector<mark> marks;
  for (auto one : marks_of(text, "the"))
    marks.push_back({one.begin, one.end, 0.2});
  for (auto one : marks_of(text, "lock"))
    marks.push_back({one.begin, one.end, 2.5});
  const auto page = passage_of(text, marks, {.width = 30, .lines = 1});
  CHECK(marked_in(page) == std::vector<std::string>{"lock"});
}

TEST_CASE("a text without marks is shown from its beginning") {
  const std::string text = "One two three four five six seven eight nine ten eleven twelve.";
  CHECK(text_of(passage_of(text, {}, {.width = 24, .lines = 2})) ==
        "One two three four five\nsix seven eight nine …\n");
}
