#pragma once

#include "app/command_line.hpp"
#include "ingest/interfaces.hpp"
#include "ingest/search/search.hpp"

#include <string_view>

namespace millrace::app {

/// The query in the language of the embedder. Throws app::error where that does not answer.
ingest::meaning meaning_of(const invocation& call, const ingest::embedder& with,
                           std::string_view query);

}  // namespace millrace::app
