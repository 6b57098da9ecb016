#pragma once

#include "base/time.hpp"
#include "ingest/model.hpp"
#include "ingest/search/query.hpp"
#include "ingest/search/ranking.hpp"
#include "storage/db/database.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::ingest::search {

/// Of which documents chunks are looked for; empty texts are any.
struct filter {
  std::string owner{};
  std::string media_type{};
  /// The beginning of the path that was submitted.
  std::string path{};
  std::string collection{};
  std::string tag{};
  /// When the document was registered: [since, until).
  time_point since = time_point::min();
  time_point until = time_point::max();
};

/// Binds the filter's parameters, which each statement that reads chunks to search has.
template <class Statement>
Statement& bind(Statement& to, const filter& of) {
  to.with("owner", of.owner)
      .with("media_type", of.media_type)
      .with("path", of.path)
      .with("collection", of.collection)
      .with("tag", of.tag)
      .with("since", to_us(of.since))
      .with("until", to_us(of.until));
  return to;
}

/// A chunk that may answer, with what its ranking and its reader need of the document.
struct candidate {
  std::string language;
  std::string title;
  std::string document_name;
  std::string source_path;
  std::string document_id;
  std::string owner;
  std::string media_type;
  ingest::chunk chunk;
};

/// How many chunks there are and have each word. Throws storage::error.
corpus_figures count_words(storage::connection& on, const query& asked);

/// The `limit` best by the database's own ranking, in no order. Words that very many chunks have
/// are not looked for where rarer ones are there. Throws storage::error.
std::vector<candidate> find_candidates(storage::connection& on, const query& asked,
                                       const corpus_figures& all, const filter& of,
                                       std::size_t limit);

/// The chunk at that position, if it is there. Throws storage::error.
std::optional<candidate> find_candidate(storage::connection& on, const std::string& document_id,
                                        std::int64_t ord);

}  // namespace millrace::ingest::search
