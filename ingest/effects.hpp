#pragma once

#include "ingest/document/document_tree.hpp"
#include "ingest/model.hpp"
#include "ingest/search/chunk_words.hpp"
#include "ingest/store/document_versions.hpp"
#include "pipeline/api.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace millrace::ingest {

/// What the stages of ingest write together with a transition.
namespace effects {

/// Makes the document known. Where its id exists already, the row stays as it is, unless the job
/// it names is dead or cancelled: then this one takes it over.
struct register_document {
  ingest::document document;
};

/// The newest version of the path is this document, which stands for it as soon as it can be
/// searched.
struct link_path {
  document_path at;
  std::string document_id;
};

/// The document's text was parsed and stored.
struct record_parsed {
  std::string document_id;
  std::string parser;
  std::string parsed_uri;
  tree::metadata about{};
  /// As the database keeps them, see document::warnings.
  std::string warnings = "[]";
};

/// The document's text was checked and has this digest.
struct record_normalised {
  std::string document_id;
  std::string text_sha256;
};

/// Replaces the document's buffered chunks.
struct buffer_chunks {
  std::string document_id;
  std::vector<ingest::chunk> chunks;
};

/// Makes the buffered chunks the document's chunks, indexes their words, drops their old vectors
/// and empties the buffer.
struct commit_chunks {
  std::string document_id;
  std::int64_t count = 0;
  std::vector<search::chunk_words> words{};
};

/// Adds vectors to the document's buffer; a vector for a position that has one replaces it.
struct buffer_embeddings {
  std::string document_id;
  std::string embedder;
  std::vector<ingest::embedding> embeddings;
};

/// Chunks that did not change since the version before have their vectors in the buffer.
struct reuse_embeddings {
  std::string document_id;
  std::string embedder;
};

/// Gives the document's chunks their buffered vectors and empties the buffer.
struct commit_embeddings {
  std::string document_id;
  std::string embedder;
};

/// The document can be searched, in place of the versions before it.
struct mark_embedded {
  std::string document_id;
};

using pipeline::effects::write_output;

}  // namespace effects

using document_write =
    std::variant<effects::register_document, effects::link_path, effects::record_parsed,
                 effects::record_normalised, effects::buffer_chunks, effects::commit_chunks,
                 effects::buffer_embeddings, effects::reuse_embeddings, effects::commit_embeddings,
                 effects::mark_embedded>;

/// One of these, as the engine keeps it.
class document_effect final : public application_effect {
 public:
  explicit document_effect(document_write what) : what_(std::move(what)) {}

  const document_write& what() const { return what_; }
  void write(storage::connection& on, job_id job, time_point now) const override;

 private:
  document_write what_;
};

inline effect make_effect(document_write what) {
  return std::make_shared<const document_effect>(std::move(what));
}

/// What ingest writes with the effect, of that kind; null where it is another.
template <class Kind>
const Kind* effect_as(const effect& what) {
  const auto* own = std::get_if<std::shared_ptr<const application_effect>>(&what);
  const auto* of_document = own ? dynamic_cast<const document_effect*>(own->get()) : nullptr;
  return of_document ? std::get_if<Kind>(&of_document->what()) : nullptr;
}

}  // namespace millrace::ingest
