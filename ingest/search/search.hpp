#pragma once

#include "ingest/model.hpp"
#include "ingest/search/candidates.hpp"
#include "ingest/search/ranking.hpp"
#include "storage/db/database.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace millrace::ingest {

/// What a question is in the language of an embedder that knows meanings.
struct meaning {
  std::string embedder;
  vector values;
};

struct search_request {
  std::string query;
  /// Answers at most.
  std::size_t top = 5;
  search::filter of{};
  /// The best chunk of each document, or all that answer.
  bool is_per_document = true;
  /// What is near in meaning answers too, where the question's is known.
  std::optional<meaning> meant{};
  bool is_by_words = true;
};

/// A chunk that answers, and its document.
struct search_hit {
  /// Comparable within one answer only.
  double score = 0;
  /// What the words count; 0 where none of them stands there.
  double word_score = 0;
  /// The cosine to what is meant; 0 where that is not known.
  double similarity = 0;
  std::string document_id;
  std::string document_name;
  std::string source_path;
  std::string title;
  std::string owner;
  std::string media_type;
  ingest::chunk chunk;
  /// Where the words of the query stand in the chunk's text.
  std::vector<search::mark> marks{};
};

/// The chunks of embedded documents that answer best, best first; equal ones by document and
/// position. Nothing that has none of the words, and means nothing like it, is an answer. Throws
/// storage::error.
std::vector<search_hit> search_chunks(storage::connection& on, const search_request& request);

/// Documents that are embedded and were not indexed by this version: a search misses them. Throws
/// storage::error.
std::int64_t count_not_indexed(storage::connection& on);

}  // namespace millrace::ingest
