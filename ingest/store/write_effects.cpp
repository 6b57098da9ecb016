#include "ingest/effects.hpp"
#include "ingest/search/index_chunks.hpp"
#include "ingest/store/vector_bytes.hpp"
#include "storage/db/database.hpp"

namespace millrace::ingest {
namespace {

using storage::connection;
using storage::statement;

/// `operator()` picks what is written. Each leaves the same rows when it is written again.
class document_writer {
 public:
  document_writer(connection& on, time_point now) : on_(on), now_us_(to_us(now)) {}

  void operator()(const effects::register_document& what) const {
    const auto& d = what.document;
    document("register_document", d.id)
        .with("owner", d.owner)
        .with("job", d.job_id)
        .with("name", d.name)
        .with("source_path", d.source_path)
        .with("media_type", d.media_type)
        .with("size_bytes", d.size_bytes)
        .with("file_sha256", d.file_sha256)
        .with("raw_uri", d.raw_uri)
        .with("collection", d.collection)
        .with("tags", d.tags)
        .with("now", now_us_)
        .run();
  }

  void operator()(const effects::link_path& what) const {
    link_path(on_, what.at, what.document_id, from_us(now_us_));
    settle_versions(on_, what.document_id, from_us(now_us_));
  }

  void operator()(const effects::record_parsed& what) const {
    document("record_parsed", what.document_id)
        .with("parser", what.parser)
        .with("parsed_uri", what.parsed_uri)
        .with("title", what.about.title)
        .with("author", what.about.author)
        .with("date", what.about.date)
        .with("language", what.about.language)
        .with("warnings", what.warnings)
        .with("now", now_us_)
        .run();
  }

  void operator()(const effects::record_normalised& what) const {
    document("record_normalised", what.document_id)
        .with("text_sha256", what.text_sha256)
        .with("now", now_us_)
        .run();
  }

  void operator()(const effects::buffer_chunks& what) const {
    document("drop_chunk_buffer", what.document_id).run();
    for (const auto& c : what.chunks)
      document("buffer_chunk", what.document_id)
          .with("ord", c.ord)
          .with("chunk", c.id)
          .with("heading_path", c.heading_path)
          .with("byte_begin", c.byte_begin)
          .with("byte_end", c.byte_end)
          .with("text", c.text)
          .with("sha256", c.sha256)
          .with("first_page", c.first_page)
          .with("last_page", c.last_page)
          .with("boxes", c.boxes)
          .run();
  }

  void operator()(const effects::commit_chunks& what) const {
    // An empty buffer says that this was written before.
    if (!on_.prepared<std::int64_t>("has_buffered_chunks")
             .with("document", what.document_id)
             .first())
      return;
    document("drop_embedding_buffer", what.document_id).run();
    document("drop_chunks", what.document_id).run();
    document("commit_chunks", what.document_id).run();
    document("drop_chunk_buffer", what.document_id).run();
    document("record_chunked", what.document_id)
        .with("count", what.count)
        .with("now", now_us_)
        .run();
    search::index_chunks(on_, what.document_id, what.words);
  }

  void operator()(const effects::buffer_embeddings& what) const {
    for (const auto& one : what.embeddings)
      document("buffer_embedding", what.document_id)
          .with("embedder", what.embedder)
          .with("ord", one.ord)
          .with("embedding", on_.encode_bytes(to_bytes(one.values)))
          .run();
  }

  void operator()(const effects::reuse_embeddings& what) const {
    document("reuse_embeddings", what.document_id).with("embedder", what.embedder).run();
  }

  void operator()(const effects::commit_embeddings& what) const {
    if (!on_.prepared<std::int64_t>("has_buffered_embeddings")
             .with("document", what.document_id)
             .with("embedder", what.embedder)
             .first())
      return;
    document("commit_embeddings", what.document_id).with("embedder", what.embedder).run();
    document("drop_embedding_buffer", what.document_id).run();
    document("record_vectors", what.document_id)
        .with("embedder", what.embedder)
        .with("now", now_us_)
        .run();
  }

  void operator()(const effects::mark_embedded& what) const {
    document("mark_embedded", what.document_id).with("now", now_us_).run();
    settle_versions(on_, what.document_id, from_us(now_us_));
  }

 private:
  statement<>& document(std::string_view name, const std::string& id) const {
    return on_.prepared<>(name).with("document", id);
  }

  connection& on_;
  std::int64_t now_us_;
};

}  // namespace

void document_effect::write(storage::connection& on, job_id, time_point now) const {
  std::visit(document_writer{on, now}, what_);
}

}  // namespace millrace::ingest
