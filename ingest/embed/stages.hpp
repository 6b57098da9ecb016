#pragma once

#include "ingest/interfaces.hpp"
#include "ingest/settings.hpp"
#include "pipeline/api.hpp"

/// The handlers from the committed chunks of a document to its vectors. Each may be called again
/// for work that it did before, with the same answer.
namespace millrace::ingest {

/// The most chunks that are embedded at once, whatever the settings say.
inline constexpr std::int64_t max_micro_batch = 256;

/// Stage embedding: embeds the next micro-batch of chunks and buffers the vectors; proceeds as long
/// as there may be more. Rejects vectors of a wrong number or dimension, or that are not finite
/// (EMBED_MISMATCH); passes on what the embedder refuses; snoozes when there is no embedder now.
/// The tokens that a service counted are added up in the job's output, as `embedding_tokens`.
outcome embed_chunks(const job& job, const context& at, documents& known,
                     const service_directory& services, const embed_settings& settings);

/// Stage embeddings_buffered: commits the buffered vectors if there is one for each chunk, else
/// rejects (EMBED_MISMATCH).
outcome commit_embeddings(const job& job, documents& known, const service_directory& services);

/// Stage embedded: the document can be searched if each of its chunks has a vector, else rejects
/// (EMBED_MISMATCH).
outcome finish_document(const job& job, documents& known);

}  // namespace millrace::ingest
