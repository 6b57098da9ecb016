#pragma once

#include "pipeline/child_job.hpp"
#include "ingest/model.hpp"

#include <string>
#include <variant>
#include <vector>

namespace millrace::pipeline {

/// Effects say what to write together with a transition. Each one may be written again with the
/// same result, and all of one transition are written, or none.
namespace effects {

/// Makes the document known. Where its id exists already, the row stays as it is, unless the job
/// it names is dead or cancelled: then this one takes it over.
struct register_document {
  ingest::document document;
};

/// The document's text was parsed and stored.
struct record_parsed {
  std::string document_id;
  std::string parser;
  std::string parsed_uri;
};

/// The document's text was normalised and has this digest.
struct record_normalised {
  std::string document_id;
  std::string text_sha256;
};

/// Replaces the document's buffered chunks.
struct buffer_chunks {
  std::string document_id;
  std::vector<ingest::chunk> chunks;
};

/// Makes the buffered chunks the document's chunks, drops their old vectors and empties the buffer.
struct commit_chunks {
  std::string document_id;
  std::int64_t count = 0;
};

/// Adds vectors to the document's buffer; a vector for a position that has one replaces it.
struct buffer_embeddings {
  std::string document_id;
  std::string embedder;
  std::vector<ingest::embedding> embeddings;
};

/// Gives the document's chunks their buffered vectors and empties the buffer.
struct commit_embeddings {
  std::string document_id;
  std::string embedder;
};

/// The document can be searched.
struct mark_embedded {
  std::string document_id;
};

/// What the stage returned, a JSON document; replaces the job's output.
struct write_output {
  std::string json;
};

/// Makes jobs for parts of the job's work. A later stage of the job may wait for them: `join` of
/// its definition.
struct make_children {
  std::vector<new_child> jobs;
};

}  // namespace effects

using effect =
    std::variant<effects::register_document, effects::record_parsed, effects::record_normalised,
                 effects::buffer_chunks, effects::commit_chunks, effects::buffer_embeddings,
                 effects::commit_embeddings, effects::mark_embedded, effects::write_output,
                 effects::make_children>;

}  // namespace millrace::pipeline
