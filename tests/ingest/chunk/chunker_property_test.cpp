#include "ingest/chunk/chunker.hpp"
#include "tests/ingest/rendered_markdown.hpp"
#include "tests/support/chunk_faults.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <random>
#include <string>

using namespace millrace;
using namespace millrace::ingest;
namespace tests = millrace::tests;

namespace {

constexpr chunk_settings small_chunks{.target_size = 120, .max_size = 200, .overlap = 30};

/// Writes Markdown at random: the same seed, the same text.
class random_markdown {
 public:
  explicit random_markdown(unsigned seed) : random_(seed) {}

  std::string document(int blocks) {
    std::string text;
    for (int i = 0; i < blocks; ++i)
      text += block(0) + "\n";
    return text;
  }

  std::string bytes(std::size_t size) {
    static constexpr std::string_view alphabet = " \n\n\t#->*`|:[]1.x\r~=\xc3\xa9\xe2\x82\xac\xff";
    std::string text;
    while (text.size() < size)
      text += below(8) == 0 ? static_cast<char>(below(256)) : alphabet[below(alphabet.size())];
    return text;
  }

  std::size_t below(std::size_t limit) { return random_() % limit; }

 private:
  std::string word() {
    static constexpr std::array words{"mill",  "race", "Größe", "水車", "a",      "run_at",   "Ω",
                                      "state", "of",   "the",   "art",  "`code`", "**bold**", "😀"};
    return words[below(words.size())];
  }

  std::string prose() {
    std::string text;
    for (auto words = 1 + below(60); words > 0; --words) {
      text += word();
      const auto dice = below(20);
      text += dice == 0 ? ". " : dice == 1 ? "\n" : dice == 2 ? "。" : " ";
    }
    return text + word() + ".\n";
  }

  std::string block(int depth) {
    switch (below(depth > 2 ? 4 : 8)) {
      case 0:
        return std::string(1 + below(6), '#') + " " + word() + " " + word() + "\n";
      case 1:
        return "```\n" + prose() + "\n" + prose() + "```\n";
      case 2: {
        std::string table = "| a | b |\n|---|---|\n";
        for (auto rows = below(12); rows > 0; --rows)
          table += "| " + word() + " | " + word() + " |\n";
        return table;
      }
      case 3:
      case 4:
        return prose();
      case 5:
        return std::string(below(400), 'x') + "\n";
      case 6:
        return nested("- ", "  ", depth) + nested("- ", "  ", depth);
      default:
        return nested("> ", "> ", depth);
    }
  }

  std::string nested(const std::string& first, const std::string& next, int depth) {
    const auto inner = block(depth + 1);
    std::string text = first;
    for (std::size_t i = 0; i < inner.size(); ++i) {
      text += inner[i];
      if (inner[i] == '\n' && i + 1 < inner.size())
        text += next;
    }
    return text;
  }

  std::mt19937 random_;
};

}  // namespace

TEST_CASE("chunks of any Markdown reproduce and cover it in order, and fit") {
  const chunker small{small_chunks};
  const chunker usual{chunk_settings{}};
  for (unsigned seed = 0; seed < 100; ++seed) {
    INFO("seed " << seed);
    const auto [text, blocks, about, warnings] =
        tests::rendered_markdown(random_markdown{seed}.document(static_cast<int>(seed) % 40));
    REQUIRE(fault_of(blocks, text) == "");
    const auto chunks = small.split("d", text, blocks);
    REQUIRE(tests::chunk_fault(text, blocks, chunks, small_chunks.max_size) == "");
    REQUIRE(tests::split_code_point(text, chunks) == "");
    REQUIRE(tests::chunk_fault(text, blocks, usual.split("d", text, blocks),
                               chunk_settings{}.max_size) == "");
  }
}

TEST_CASE("chunks of random bytes reproduce and cover them in order, and fit") {
  const chunker small{small_chunks};
  for (unsigned seed = 0; seed < 200; ++seed) {
    INFO("seed " << seed);
    random_markdown random{seed};
    const auto text = random.bytes(random.below(3000));
    const auto blocks = outline_of_plain(text);
    REQUIRE(tests::chunk_fault(text, blocks, small.split("d", text, blocks),
                               small_chunks.max_size) == "");
  }
}

TEST_CASE("chunks of any size reproduce and cover the text") {
  for (unsigned seed = 0; seed < 100; ++seed) {
    INFO("seed " << seed);
    random_markdown random{seed};
    chunk_settings sizes{.target_size = 1 + random.below(40)};
    sizes.max_size = std::max<std::size_t>(4, sizes.target_size + random.below(40));
    sizes.overlap = random.below(sizes.target_size);
    const auto [text, blocks, about, warnings] = tests::rendered_markdown(random.document(10));
    const auto chunks = chunker{sizes}.split("d", text, blocks);
    REQUIRE(tests::chunk_fault(text, blocks, chunks, sizes.max_size) == "");
    REQUIRE(tests::split_code_point(text, chunks).empty());
  }
}

TEST_CASE("splitting the same text twice makes the same chunks") {
  const auto made = tests::rendered_markdown(random_markdown{7}.document(60));
  const auto first = chunker{small_chunks}.split("d", made.text, made.outline);
  const auto second = chunker{small_chunks}.split("d", made.text, made.outline);
  REQUIRE(first.size() == second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    CHECK(first[i].id == second[i].id);
    CHECK(first[i].sha256 == second[i].sha256);
    CHECK(first[i].byte_begin == second[i].byte_begin);
  }
}

TEST_CASE("hostile texts are split in time proportional to their size") {
  const auto repeated = [](std::string_view what, std::size_t size) {
    std::string text;
    text.reserve(size + what.size());
    while (text.size() < size)
      text += what;
    return text;
  };
  constexpr std::size_t size = 100'000;
  const std::string nested_lists = repeated("- ", 20'000);
  const std::array texts{
      std::string(size, 'a'),
      // Deep enough to overflow the stack if the tree were that deep.
      std::string(10 * size, '>') + " a\n",
      std::string(10 * size, '>') + "[a]: b\n",
      repeated("> ", 10 * size) + "a\n",
      repeated("- ", 10 * size) + "a\n",
      nested_lists + "a\n" + std::string(size, '\n') + "b",
      nested_lists + "a\n" + repeated("\n \n", size) + "b",
      repeated("a\n|-|-|\n", size),
      repeated("*a_ ", size),
      std::string(size, '['),
      repeated("[a]: b\n", size),
      repeated("- [a]: b\n", size),
      repeated("# a\nb\n", size),
      repeated("# ", size),
      repeated("-\n", size),
      std::string(size, ' ') + "a" + std::string(size, ' '),
      std::string(size, '\x80'),
      repeated("```\n", size),
      repeated("<!--\n", size),
      repeated(") ", size),
  };
  for (std::size_t i = 0; i < texts.size(); ++i) {
    INFO("text " << i);
    const auto begin = std::chrono::steady_clock::now();
    const auto made = tests::rendered_markdown(texts[i]);
    const auto chunks = chunker{chunk_settings{}}.split("d", made.text, made.outline);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    // Quadratic would be minutes; the bound leaves room for sanitizers and a busy machine.
    CHECK(took.count() < 20.0);
    CHECK(fault_of(made.outline, made.text) == "");
    CHECK(tests::chunk_fault(made.text, made.outline, chunks, chunk_settings{}.max_size) == "");
  }
}
