#include "ingest/words/analyser.hpp"

#include "tests/ingest/words/analysed.hpp"
#include "tests/ingest/words/term_faults.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <random>
#include <string>

using namespace millrace;
using ingest::search::analyser;
using ingest::search::term;
using tests::of_kind;
using tests::stems_of;
using tests::terms;
using tests::wholes;

namespace {

/// Each term with its kind, its place among the words, and what it stands for in the text.
terms in_full(analyser& with, std::string_view text, std::string_view language = "") {
  terms found;
  with.analyse(text, language, [&](const term& one) {
    found.push_back(fmt::format("{} {} {} <{}>", "wps"[static_cast<int>(one.kind)], one.word,
                                one.text, text.substr(one.begin, one.end - one.begin)));
  });
  return found;
}

terms in_full(std::string_view text, std::string_view language = "") {
  analyser with;
  return in_full(with, text, language);
}

std::string filled_with(std::string_view text, std::size_t bytes) {
  std::string made;
  while (made.size() < bytes)
    made += text;
  return made;
}

std::size_t count_terms(std::string_view text, std::string_view language) {
  std::size_t count = 0;
  analyser{}.analyse(text, language, [&](const term&) { ++count; });
  return count;
}

}  // namespace

TEST_CASE("a term tells its word and the bytes for which it stands") {
  CHECK(in_full("The Pumps, ran.", "en") == terms{"w 0 the <The>", "s 0 en~the <The>",
                                                  "w 1 pumps <Pumps>", "s 1 en~pump <Pumps>",
                                                  "w 2 ran <ran>", "s 2 en~ran <ran>"});
}

TEST_CASE("the parts of an identifier have positions one after the other") {
  CHECK(in_full("a getUserById b") == terms{"w 0 a <a>", "w 1 getuserbyid <getUserById>",
                                            "p 1 get <get>", "p 2 user <User>", "p 3 by <By>",
                                            "p 4 id <Id>", "w 5 b <b>"});
  CHECK(in_full("l'eau froide") ==
        terms{"w 0 l'eau <l'eau>", "p 0 eau <eau>", "w 1 froide <froide>"});
}

TEST_CASE("a text without words has no terms") {
  CHECK(wholes("").empty());
  CHECK(wholes(" \t\n\r ??? --- ... ' \" \\ ").empty());
  CHECK(wholes(std::string_view{"\0\x01\x7f", 3}).empty());
  CHECK(wholes("👩‍💻 😀🇩🇪 ❤️").empty());
  CHECK(wholes("\u0301 \u200d\u00ad").empty());
}

TEST_CASE("emoji separate words") {
  CHECK(wholes("ship🚀it 1️⃣") == terms{"ship", "it", "1"});
}

TEST_CASE("what is not UTF-8 separates words and is no error") {
  for (const std::string_view broken :
       {"\x80", "\xff", "\xc0\x80", "\xc3", "\xe0\x81\x81", "\xe2\x82", "\xed\xa0\x80",
        "\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80"}) {
    CAPTURE(broken);
    CHECK(wholes(fmt::format("red{}blue {}", broken, broken)) == terms{"red", "blue"});
    CHECK(wholes(fmt::format("é{}海{}เ{}", broken, broken, broken)) == terms{"e", "é", "海", "เ"});
  }
}

TEST_CASE("joiners and soft hyphens within a word are dropped") {
  CHECK(wholes("co\u00adoperate auf\u200clage \u05e9\u200f\u05dc\u05d5\u05dd") ==
        terms{"cooperate", "auflage", "שלום"});
  CHECK(wholes("two\u200bwords") == terms{"two", "words"});
}

TEST_CASE("of a word longer than a term only the parts are given") {
  const std::string longest(64, 'a');
  CHECK(wholes(longest) == terms{longest});
  CHECK(in_full(longest + "b c", "en") == terms{"w 1 c <c>", "s 1 en~c <c>"});
  const std::string wide = filled_with("й", 128);
  CHECK(wholes(wide) == terms{filled_with("и", 128), wide});
  CHECK(wholes(wide + "й").empty());
  CHECK(wholes(longest + "_user").empty());
  CHECK(tests::parts(longest + "b_user") == terms{"user"});
}

TEST_CASE("the same text has the same terms, whatever was analysed before") {
  analyser used;
  std::mt19937 random{7};
  for (int n = 0; n < 20'000; ++n)
    in_full(used, fmt::format("word{} wörter{}", random() % 100'000, random()),
            n % 2 ? "en" : "de");
  for (const auto* language : {"en", "de", ""}) {
    const std::string_view text = "The running pumps, die Häuser, word77 getUserById 上海 1.3.2";
    CHECK(in_full(used, text, language) == in_full(text, language));
    CHECK(in_full(used, text, language) == in_full(used, text, language));
  }
}

TEST_CASE("an error of the visitor ends the analysis, and the next one is whole") {
  analyser with;
  CHECK_THROWS_AS(with.analyse("one two", "en", [](const term&) { throw std::string{"stop"}; }),
                  std::string);
  CHECK(in_full(with, "one two", "en") == in_full("one two", "en"));
}

TEST_CASE("stems are those of the language") {
  CHECK(stems_of("indexes indexing", "en") == terms{"en~index", "en~index"});
  CHECK(stems_of("maisons", "fr") == terms{"fr~maison"});
  CHECK(stems_of("домами", "ru") == terms{"ru~дом"});
  CHECK(stems_of("किताबें", "hi") == terms{"hi~किताब"});
  CHECK(stems_of("pumps", "").empty());
  CHECK(stems_of("pumps", "xx").empty());
}

TEST_CASE("stems are given for words of letters in the script of the language, and for parts") {
  CHECK(stems_of("1.3.2 домами 上海 pumps2", "en") == terms{"en~pump"});
  CHECK(stems_of("pumps", "ru").empty());
  CHECK(stems_of("getPumps water-pumps", "en") ==
        terms{"en~getpump", "en~get", "en~pump", "en~water", "en~pump"});
}

TEST_CASE("a stem is that of the word with its diacritics, and of the word without") {
  CHECK(stems_of("Häuser", "de") == terms{"de~haus"});
  CHECK(stems_of("Haus", "de") == terms{"de~haus"});
  CHECK(stems_of("hauser", "de") == terms{"de~haus"});
  const auto french = stems_of("créées", "fr");
  CHECK(tests::has(french, stems_of("creees", "fr").front()));
}

TEST_CASE("the stems of a term are those that texts of each language have") {
  const analyser with;
  for (const auto& [term, language] : {std::pair{"hauser", "de"},
                                       {"running", "en"},
                                       {"домами", "ru"},
                                       {"كتاب", "ar"},
                                       {"किताबें", "hi"},
                                       {"οδυσσευσ", "el"},
                                       {"evlerde", "tr"}})
    CHECK(tests::has(with.stems(term), stems_of(term, language).front()));
  for (const auto* term : {"", "c++", "don't", "1.3.2", "上海", "en~pump", "\xff"})
    CHECK(with.stems(term).empty());
}

TEST_CASE("terms of any text are what is promised") {
  constexpr std::array pieces{
      "a",   "Z",    "é",        "İ", "7",      ".",      "/",      "::",           "++",
      "#",   "'",    "’",        "_", "-",      ",",      " ",      "海",           "ガ",
      "한",  "ｶﾞ",   "เก",       "ﷺ", "ͺ",      "\u0301", "\u200d", "\u00ad",       "क्",
      "١",   "\xff", "\xe2\x80", "😀", "ß",      "\"",     "\\",     "\u1100\u1161", "·",
      "l·l", "ؤ",    "½",        "²", "\u20e3", "\u037a"};
  std::mt19937 random{11};
  for (int n = 0; n < 3'000; ++n) {
    std::string text;
    for (auto size = random() % 12; size > 0; --size)
      text += pieces.at(random() % pieces.size());
    CAPTURE(text);
    for (const auto* language : {"en", "ar"})
      REQUIRE(tests::term_fault(text, language) == "");
  }
}

// A time that grows with the square of the size would be minutes.
TEST_CASE("a word of a megabyte is analysed") {
  constexpr std::size_t megabyte = 1'000'000;
  for (const std::string_view piece :
       {"a",       "aB", "ABc", "a_",           "a.",   "1.",    "1,",
        "12,",     "a1", "a+",  "a++",          "_",    "é",     "ß",
        "a\u0301", "海", "한",  "\u1100\u1161", "ก",    "เครื่อง", "\u0301",
        "a\u200d", "'a", "//a", "::",           "\xff", "ﷺ",     "क्"}) {
    CAPTURE(piece);
    CHECK(count_terms(filled_with(piece, megabyte), "en") <= megabyte * 4);
  }
}
