#pragma once

#include "ingest/interfaces.hpp"
#include "ingest/parse/members.hpp"
#include "pipeline/api.hpp"

namespace millrace::ingest {

/// The stage `parsing`: turns the stored file into text with the parser of its media type, and
/// stores that with its outline. What an archive or a mail holds becomes child jobs in the same
/// transition; a file without a text of its own goes on at the last stage then. A file that goes to
/// a service is sent there, and the job put back until the service has parsed it; which file is in
/// whose hands is kept in the job's output.
///
/// Rejects what the parser rejects, a document without text (PARSE_EMPTY), and one whose stored
/// file is gone (BLOB_MISSING).
outcome parse_document(const job& job, const context& at, documents& known, blobs& store,
                       const service_directory& services, const member_rules& members);

/// The stage `parsed`: the text and its outline are in the blob store and fit each other, and the
/// digest of the text is recorded. A text without an outline, which an earlier version of millrace
/// made, is read as the Markdown that it is, and stored as it would be today.
///
/// Rejects a document whose text is gone (BLOB_MISSING) or empty (PARSE_EMPTY).
outcome accept_text(const job& job, documents& known, blobs& store);

}  // namespace millrace::ingest
