#pragma once

#include "ingest/interfaces.hpp"
#include "pipeline/api.hpp"

#include <string>
#include <variant>

namespace millrace::ingest {

/// The document that the job works on, from its output; a reject (PAYLOAD_INVALID) when intake has
/// not put it there.
std::variant<std::string, reject> document_of(const job& job);

/// The same document as the database knows it; a reject (DOCUMENT_MISSING) when it does not.
std::variant<document, reject> find_document(const job& job, documents& known);

}  // namespace millrace::ingest
