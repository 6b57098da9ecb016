#include "ingest/chunk/chunker.hpp"

#include "base/error.hpp"
#include "tests/ingest/rendered_markdown.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace millrace;
using namespace millrace::ingest;

namespace {

constexpr chunk_settings small{.target_size = 120, .max_size = 200, .overlap = 0};

std::vector<chunk> split_markdown(std::string_view markdown, const chunk_settings& sizes) {
  const auto made = tests::rendered_markdown(markdown);
  return chunker{sizes}.split("d", made.text, made.outline);
}

std::vector<std::string> texts(std::string_view text, const chunk_settings& sizes = small) {
  std::vector<std::string> found;
  for (const auto& c : split_markdown(text, sizes))
    found.push_back(c.text);
  return found;
}

std::vector<std::string> paths(std::string_view text, const chunk_settings& sizes = small) {
  std::vector<std::string> found;
  for (const auto& c : split_markdown(text, sizes))
    found.push_back(c.heading_path);
  return found;
}

const std::string body(60, 'b');
const std::string long_body(110, 'l');

using strings = std::vector<std::string>;

}  // namespace

TEST_CASE("a chunk does not reach across a heading") {
  CHECK(texts("# One\n\n" + body + "\n\n# Two\n\n" + body + "\n") ==
        strings{"# One\n\n" + body, "# Two\n\n" + body});
}

TEST_CASE("a chunk knows the headings above it") {
  const std::string text = "before " + body + "\n\n# One\n\n" + body + "\n\n### Deep ###\n\n" +
                           body + "\n\n## C#\n\n" + body + "\n\nUnder\nlined\n======\n\n" + body +
                           "\n";
  CHECK(paths(text) == strings{"", "One", "One > Deep", "One > C#", "Under lined"});
}

TEST_CASE("a sign in code or in a list is no heading") {
  CHECK(paths("# One\n\n```\n# no heading\n```\n\n" + body + "\n\n- # nor this\n  " + body +
              "\n") == strings{"One", "One"});
}

TEST_CASE("a heading without a body goes with what follows") {
  CHECK(texts("# One\n\n## Two\n\n" + body + "\n") == strings{"# One\n\n## Two\n\n" + body});
  CHECK(paths("# One\n\n## Two\n\n" + body + "\n") == strings{"One > Two"});
  CHECK(texts(body + "\n\n# Last\n") == strings{body + "\n\n# Last"});
}

TEST_CASE("sections of a few words are merged, and their path names each of them") {
  const std::string text = "# A\n\n## B\n\nbee\n\n## C\n\nsea\n\n" + std::string("## D\n\n") + body;
  CHECK(texts(text) == strings{"# A\n\n## B\n\nbee\n\n## C\n\nsea", "## D\n\n" + body});
  CHECK(paths(text) == strings{"A > B / C", "A > D"});
}

TEST_CASE("a long heading is shortened in the path, between two characters") {
  std::string heading;
  for (int i = 0; i < 100; ++i)
    heading += "\u20ac";
  const auto path = paths("# " + heading + "\n\n" + body).back();
  CHECK(path == heading.substr(0, 120));
}

TEST_CASE("paragraphs are joined up to the target size and stay whole up to the maximum") {
  const std::string longer(180, 'p');
  CHECK(texts(body + "\n\n" + body.substr(2) + "\n\n" + longer + "\n") ==
        strings{body + "\n\n" + body.substr(2), longer});
}

TEST_CASE("a short beginning or end of a section does not become a chunk") {
  CHECK(texts("# A\n\nIt says:\n\n" + long_body + "\n") ==
        strings{"# A\n\nIt says:\n\n" + long_body});
  CHECK(texts(long_body + "\n\nThe end.\n") == strings{long_body + "\n\nThe end."});
}

TEST_CASE("code and tables that fit stay whole") {
  const std::string code = "```\n" + long_body + "\n\n" + body + "\n```";
  std::string table = "| a | b |\n| --- | --- |";
  for (int i = 0; i < 15; ++i)
    table += "\n| 1 | 2 |";
  CHECK(texts(body + "\n\n" + code + "\n\n" + table + "\n") == strings{body, code, table});
}

TEST_CASE("code and tables that do not fit are cut between lines") {
  std::string lines = "```\n";
  std::string table = "| a | b |\n|---|---|\n";
  for (int i = 0; i < 30; ++i) {
    lines += "call(x. Y); // more\n";
    table += "| one. Two | three. Four |\n";
  }
  for (const auto& c : texts(lines + "```\n"))
    CHECK((c.ends_with("more") || c.ends_with("```")));
  for (const auto& c : texts(table))
    CHECK((c.front() == '|' && c.back() == '|'));
}

TEST_CASE("a list that does not fit is cut between its items, inner ones last") {
  std::string list;
  for (int i = 0; i < 6; ++i)
    list += "- " + body + "\n  - inner " + body.substr(20) + "\n";
  const auto found = texts(list);
  CHECK(found.size() == 6);
  for (const auto& c : found)
    CHECK((c.starts_with("- bb") && c.find("- inner") != c.npos));
}

TEST_CASE("a paragraph that does not fit is cut between sentences") {
  std::string text;
  for (int i = 0; i < 12; ++i)
    text += "This is a sentence, e.g. one with commas (and more). ";
  for (const auto& c : texts(text)) {
    CHECK(c.starts_with("This"));
    CHECK(c.ends_with("more)."));
  }
  std::string ideographs;
  for (int i = 0; i < 40; ++i)
    ideographs += "水車が回る。";
  for (const auto& c : texts(ideographs))
    CHECK(c.ends_with("。"));
}

TEST_CASE("a text without sentences is cut between words, without words between characters") {
  std::string words;
  std::string characters;
  for (int i = 0; i < 100; ++i) {
    words += "word ";
    characters += "\u20ac";
  }
  for (const auto& c : texts(words))
    CHECK((c.starts_with("word") && c.ends_with("word")));
  for (const auto& c : texts(characters))
    CHECK(c.size() % 3 == 0);
}

TEST_CASE("within a section a chunk repeats the end of the one before, from a sentence or a word") {
  constexpr chunk_settings sizes{.target_size = 120, .max_size = 200, .overlap = 40};
  std::string text = "# One\n\n";
  for (int i = 0; i < 9; ++i)
    text += "Sentence number " + std::to_string(i) + " is here. ";
  text += "\n\n# Two\n\n" + body + "\n";
  const auto chunks = split_markdown(text, sizes);
  REQUIRE(chunks.size() > 2);
  for (std::size_t i = 1; i + 1 < chunks.size(); ++i) {
    CHECK(chunks[i].byte_begin < chunks[i - 1].byte_end);
    CHECK(chunks[i].text.starts_with("Sentence"));
  }
  CHECK(chunks.back().text.starts_with("# Two"));
  std::string words;
  for (int i = 0; i < 100; ++i)
    words += "word" + std::to_string(i) + " ";
  for (const auto& c : texts(words, sizes))
    CHECK(c.starts_with("word"));
}

TEST_CASE("the indentation of code belongs to it") {
  CHECK(texts(body + body + "\n\n```\n    indented(" + long_body + ")\n```\n") ==
        strings{body + body, "```\n    indented(" + long_body + ")\n```"});
}

TEST_CASE("a table that hides in a long paragraph does not take the chunker's time or its text") {
  std::string text;
  for (int i = 0; i < 50; ++i)
    text += "a\n|-|-|\n";
  std::size_t bytes = 0;
  for (const auto& c : texts(text))
    bytes += c.size() + 1;
  CHECK(bytes == text.size());
}

TEST_CASE("settings of chunks that contradict each other are refused") {
  CHECK_THROWS_AS(chunker(chunk_settings{.target_size = 0, .max_size = 9, .overlap = 0}), error);
  CHECK_THROWS_AS(chunker(chunk_settings{.target_size = 9, .max_size = 8, .overlap = 0}), error);
  CHECK_THROWS_AS(chunker(chunk_settings{.target_size = 9, .max_size = 9, .overlap = 9}), error);
  CHECK_THROWS_AS(chunker(chunk_settings{.target_size = 3, .max_size = 3, .overlap = 0}), error);
  CHECK_NOTHROW(chunker(chunk_settings{.target_size = 4, .max_size = 4, .overlap = 3}));
  CHECK_THROWS_WITH(chunker(chunk_settings{.target_size = 9, .max_size = 8, .overlap = 0}),
                    Catch::Contains("9") && Catch::Contains("8"));
}
