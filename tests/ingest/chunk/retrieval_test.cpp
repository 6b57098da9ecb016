#include "ingest/chunk/chunker.hpp"
#include "ingest/embed/hashing_embedder.hpp"
#include "tests/ingest/rendered_markdown.hpp"
#include "tests/support/paths.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

// What people ask, and what they find: over the project's own documents, by the stages that every
// document goes through.
namespace {

namespace fs = std::filesystem;
using namespace millrace;
using namespace millrace::pipeline;
using namespace millrace::ingest;

struct indexed_chunk {
  std::string document;
  vector values;
};

vector embed(const std::string& text) {
  const std::string_view one{text};
  auto answer = hashing_embedder{}.embed({&one, 1}, {});
  return std::get<embedded>(std::move(answer)).vectors.front();
}

std::vector<indexed_chunk> index_project() {
  const fs::path root{millrace::tests::source_path()};
  std::vector<fs::path> files{root / "README.md", root / "CHANGELOG.md"};
  for (const auto* folder : {"docs", "examples/documents"})
    for (const auto& entry : fs::recursive_directory_iterator{root / folder})
      if (entry.path().extension() == ".md" || entry.path().extension() == ".txt")
        files.push_back(entry.path());
  std::vector<indexed_chunk> all;
  for (const auto& file : files) {
    std::ifstream in{file};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    const auto made = millrace::tests::rendered_markdown(text);
    for (const auto& c : chunker{chunk_settings{}}.split("d", made.text, made.outline))
      all.push_back({file.filename().string(), embed(embedding_text(c))});
  }
  return all;
}

/// The documents of the three best chunks.
std::vector<std::string> ask(const std::vector<indexed_chunk>& all, const std::string& question) {
  const auto query = embed(question);
  std::vector<std::pair<float, std::string>> hits;
  for (const auto& one : all)
    hits.emplace_back(std::inner_product(query.begin(), query.end(), one.values.begin(), 0.0F),
                      one.document);
  std::partial_sort(hits.begin(), hits.begin() + 3, hits.end(), std::greater<>{});
  return {hits[0].second, hits[1].second, hits[2].second};
}

TEST_CASE("of ten questions over the project's documents, nine find the right one") {
  const std::vector<std::pair<std::string, std::string>> questions{
      {"what does the poller do", "architecture.md"},
      {"how do I make a backup of the data directory", "operations.md"},
      {"what happens to a job when its handler hangs", "guarantees.md"},
      {"why is a crash charged only to jobs in hand", "0002-charge-only-jobs-in-hand.md"},
      {"what does PDF_ENCRYPTED mean", "errors.md"},
      {"which states can a job be in", "state-machine.md"},
      {"how do I define a pipeline of my own in the ini file", "configuration.md"},
      {"how is the water wheel stopped", "handbook.md"},
      {"how long does larch last under water", "logbook.txt"},
      {"how do I measure what the runtime costs over a plain loop", "benchmarks.md"},
  };
  const auto all = index_project();
  int found = 0;
  for (const auto& [question, document] : questions) {
    const auto first = ask(all, question);
    const bool right = std::find(first.begin(), first.end(), document) != first.end();
    found += right ? 1 : 0;
    UNSCOPED_INFO((right ? "found: " : "NOT found: ")
                  << question << " -> " << first[0] << ", " << first[1] << ", " << first[2]);
  }
  CHECK(found >= 9);
}

}  // namespace
