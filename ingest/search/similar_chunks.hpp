#pragma once

#include "ingest/search/candidates.hpp"
#include "storage/db/database.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace millrace::ingest::search {

/// The chunks whose vectors (of this embedder) are nearest to `query` by the cosine, which comes
/// with each, best first; none whose cosine is not above 0. Reads every vector that the filter
/// leaves. Throws storage::error.
std::vector<std::pair<double, candidate>> similar_chunks(storage::connection& on,
                                                         const std::string& embedder,
                                                         const vector& query, const filter& of,
                                                         std::size_t limit);

}  // namespace millrace::ingest::search
