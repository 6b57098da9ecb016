#pragma once

#include "ingest/model.hpp"
#include "ingest/words/analyser.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::ingest::search {

/// The terms of a chunk, as they are indexed: in order, separated by blanks.
struct chunk_words {
  std::int64_t ord = 0;
  /// Whose stems are among them; an ISO 639-1 code, or empty.
  std::string language{};
  std::string title{};
  std::string headings{};
  std::string body{};
};

/// Of the document's chunks, one each.
std::vector<chunk_words> words_of(const document& of, const std::vector<chunk>& chunks);

/// What stands as the title of a document when it is searched: its own, and its name.
std::string searched_title(std::string_view title, std::string_view name);

/// The same terms as a tsvector of PostgreSQL: those of the title weigh A, of headings B, of the
/// text D.
std::string as_tsvector(const chunk_words& of);

}  // namespace millrace::ingest::search
