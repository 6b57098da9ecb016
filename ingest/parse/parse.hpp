#pragma once

#include "ingest/interfaces.hpp"
#include "pipeline/api.hpp"

namespace millrace::ingest {

/// The stage `parsing`: turns the stored file into Markdown with the parser of its media type, and
/// stores that. A file that goes to a service is sent there, and the job put back until the service
/// has parsed it; which file is in whose hands is kept in the job's output.
///
/// Rejects what the parser rejects, a document without text (PARSE_EMPTY), and one whose stored
/// file is gone (BLOB_MISSING).
outcome parse_document(const job& job, const context& at, documents& known, blobs& store,
                       const service_directory& services);

}  // namespace millrace::ingest
