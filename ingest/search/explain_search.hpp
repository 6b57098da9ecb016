#pragma once

#include "ingest/search/search.hpp"
#include "storage/db/database.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace millrace::ingest {

/// A word of a query, and where it stands.
struct word_presence {
  std::string word;
  /// optional, required, excluded or phrase.
  std::string as;
  /// Chunks of all documents that have it.
  std::int64_t chunks = 0;
  bool is_in_document = false;
};

/// Why a document is, or is not, among the answers of a search.
struct search_explanation {
  /// Empty where there is no such document.
  std::string document_id{};
  std::string document_name{};
  std::string source_path{};
  /// From 1; 0 where it is no answer.
  std::size_t rank = 0;
  /// Documents that answer, of those that were ranked.
  std::size_t answers = 0;
  double score = 0;
  double best_score = 0;
  /// One sentence.
  std::string why{};
  /// What to do; empty for nothing.
  std::string next{};
  std::vector<word_presence> words{};
};

/// Of the document with that id; else of those that have that absolute path, or a path below it;
/// else of one that had it. Reads the payloads of all jobs where there is no such document. Throws
/// storage::error.
std::vector<search_explanation> explain_search(storage::connection& on,
                                               const search_request& request, const std::string& id,
                                               const std::string& path);

}  // namespace millrace::ingest
