#pragma once

#include "app/terminal/terminal.hpp"
#include "ingest/search/search.hpp"
#include "storage/db/database.hpp"

#include <cstddef>
#include <vector>

namespace millrace::app {

/// What a search found, for a person: title, headings, the passage with the words marked, and where
/// it is. Reads the versions of paths; throws storage::error.
std::vector<stretch> answers_page(storage::connection& on,
                                  const std::vector<ingest::search_hit>& hits, std::size_t width);

}  // namespace millrace::app
