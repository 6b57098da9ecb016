#pragma once

#include "ingest/chunk/chunker.hpp"
#include "ingest/interfaces.hpp"
#include "pipeline/api.hpp"

/// The handlers from the text of a document to its committed chunks. Each may be called
/// again for work that it did before, with the same answer.
namespace millrace::ingest {

/// Stage parse_validated: the text is in the blob store, byte for byte the one that was accepted.
/// Rejects when it is gone (BLOB_MISSING), retries when it is another one (CHUNK_MISMATCH).
outcome check_text(const job& job, documents& known, blobs& files);

/// Stage chunking: splits the text along its outline and buffers the chunks. A text without one
/// (accepted by an earlier version of millrace) is split along outline_of_plain. Rejects a text
/// without any (CHUNK_EMPTY).
outcome chunk_document(const job& job, const context& at, documents& known, blobs& files,
                       const chunker& splitter);

/// Stage chunks_buffered: commits the buffered chunks if they, and nothing else, make up the text.
/// Rejects when they do not (CHUNK_MISMATCH).
outcome commit_chunks(const job& job, documents& known, blobs& files);

/// Stage chunked: skips ahead to the stage embedded when every chunk has a vector of the embedder
/// that is used now.
outcome prepare_embedding(const job& job, documents& known, const service_directory& services);

}  // namespace millrace::ingest
