#include "ingest/search/index_chunks.hpp"

#include "ingest/store/document_queries.hpp"

namespace millrace::ingest::search {
namespace {

void record_indexed(storage::connection& on, const std::string& document_id) {
  on.prepared<>("record_indexed")
      .with("document", document_id)
      .with("analyser", analyser_name)
      .run();
}

}  // namespace

void index_chunks(storage::connection& on, const std::string& document_id,
                  const std::vector<chunk_words>& words) {
  on.prepared<>("drop_chunk_entries").with("document", document_id).run();
  for (const auto& one : words) {
    auto& entry = on.prepared<>("add_chunk_entry")
                      .with("document", document_id)
                      .with("ord", one.ord)
                      .with("language", one.language);
    if (on.dialect() == storage::dialect::postgres) {
      entry.with("words", as_tsvector(one)).run();
      continue;
    }
    entry.run();
    on.prepared<>("index_chunk")
        .with("title", one.title)
        .with("headings", one.headings)
        .with("body", one.body)
        .run();
  }
  record_indexed(on, document_id);
}

std::size_t index_older_documents(storage::connection& on, std::size_t limit) {
  return storage::guarded("cannot index documents", [&] {
    std::vector<std::string> ids;
    on.prepared<std::string>("documents_not_indexed")
        .with("analyser", analyser_name)
        .with("limit", limit)
        .each([&](const std::string& id) { ids.push_back(id); });
    for (const auto& id : ids) {
      storage::transaction tx{on};
      // From here on no stage of the document writes its chunks.
      record_indexed(on, id);
      if (const auto document = find_document(on, id))
        index_chunks(on, id, words_of(*document, list_chunks(on, id, 0, document->chunk_count)));
      tx.commit();
    }
    return ids.size();
  });
}

}  // namespace millrace::ingest::search
