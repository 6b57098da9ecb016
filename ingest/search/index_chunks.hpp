#pragma once

#include "ingest/search/chunk_words.hpp"
#include "storage/db/database.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace millrace::ingest::search {

/// Replaces what the index has of the document, within the transaction that is open. Throws
/// storage::error.
void index_chunks(storage::connection& on, const std::string& document_id,
                  const std::vector<chunk_words>& words);

/// Indexes up to `limit` embedded documents that an earlier version ingested, each in a transaction
/// of its own; how many there were. Throws storage::error.
std::size_t index_older_documents(storage::connection& on, std::size_t limit);

}  // namespace millrace::ingest::search
