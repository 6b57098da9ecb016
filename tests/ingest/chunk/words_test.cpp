#include "ingest/chunk/words.hpp"

#include "base/unicode/utf8.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>
#include <vector>

using namespace millrace;
using namespace millrace::ingest;

namespace {

using strings = std::vector<std::string>;

strings words(std::string_view text) {
  strings found;
  for (word_reader reader{text}; reader.next();)
    found.emplace_back(reader.word());
  return found;
}

}  // namespace

TEST_CASE("words are runs of letters and digits in lower case") {
  CHECK(words("The Mill's run_at: 3x, SQLite!") ==
        strings{"the", "mill", "s", "run", "at", "3x", "sqlite"});
  CHECK(words("").empty());
  CHECK(words(" -- ?!\n").empty());
  CHECK(words("\u2013\u201cquoted\u201d\u2026\U0001F600") == strings{"quoted"});
}

TEST_CASE("letters of Latin, Greek and Cyrillic are folded to lower case") {
  CHECK(words("ÄRGER ŁÓDŹ ŽIVOT İzmir Ÿ") == strings{"ärger", "łódź", "život", "izmir", "ÿ"});
  CHECK(words("ΛΌΓΟΣ λόγος ΎΨΟΣ") == strings{"λόγοσ", "λόγοσ", "ύψοσ"});
  CHECK(words("МЕЛЬНИЦА Ёлка Ґ") == strings{"мельница", "ёлка", "ґ"});
}

TEST_CASE("an ideograph is a word of its own") {
  CHECK(words("a水車b") == strings{"a", "水", "車", "b"});
}

TEST_CASE("bytes that are not UTF-8 separate words") {
  CHECK(words("one\xfftwo\xc3") == strings{"one", "two"});
  // U+0041 in three bytes, a surrogate, and a code point above the last.
  CHECK(words("one\xe0\x81\x81two") == strings{"one", "two"});
  CHECK(words("one\xed\xa0\x80two") == strings{"one", "two"});
  CHECK(words("one\xf4\x90\x80\x80two") == strings{"one", "two"});
  std::mt19937 random{1};
  for (int i = 0; i < 200; ++i) {
    std::string bytes(random() % 200, '\0');
    for (char& c : bytes)
      c = static_cast<char>(random());
    for (const auto& word : words(bytes))
      CHECK(word.size() <= 64);
  }
}

TEST_CASE("of a word without end the beginning is read") {
  CHECK(words(std::string(1'000'000, 'x')) == strings{std::string(64, 'x')});
}

TEST_CASE("every code point is decoded as it was written") {
  for (char32_t c : {U'a', U'\u00e9', U'\u0fff', U'\u20ac', U'\U0001F600', U'\U0010ffff'}) {
    std::string text;
    utf8::append(text, c);
    const auto read = utf8::decode(text, 0);
    CHECK(read.valid);
    CHECK(read.code == c);
    CHECK(read.size == text.size());
  }
}

TEST_CASE("words that say nothing are stop words") {
  CHECK(is_stop_word("the"));
  CHECK(is_stop_word("does"));
  CHECK_FALSE(is_stop_word("poller"));
  CHECK_FALSE(is_stop_word(""));
}

TEST_CASE("English endings are taken off") {
  for (const auto& [one, other] : std::vector<std::pair<std::string, std::string>>{
           {"index", "indexes"},
           {"index", "indexing"},
           {"index", "indexed"},
           {"stop", "stopped"},
           {"run", "running"},
           {"query", "queries"},
           {"resume", "resuming"},
           {"file", "files"},
           {"class", "classes"},
           {"batch", "batches"},
           {"quick", "quickly"},
       }) {
    INFO(one << " " << other);
    CHECK(stem(one) == stem(other));
  }
  CHECK(stem("process") == "process");
  CHECK(stem("status") == "status");
  CHECK(stem("string") == "string");
  CHECK(stem("größe") == "größe");
  CHECK(stem("s") == "s");
  CHECK(stem("").empty());
}
