#pragma once

#include "ingest/effects.hpp"
#include "ingest/interfaces.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace millrace::tests {

/// Documents and blobs in memory, which keep the promises of pipeline/effect.hpp: what stages
/// answer can be written, and the stages run on until the end. Not for several threads.
class memory_documents final : public ingest::documents, public ingest::blobs {
 public:
  /// A document and what was written for it.
  struct record {
    ingest::document document;
    std::vector<ingest::chunk> buffered_chunks;
    std::vector<ingest::chunk> chunks;
    /// By embedder, then by position.
    std::map<std::string, std::map<std::int64_t, ingest::vector>> buffered_vectors;
    std::map<std::int64_t, ingest::vector> vectors;
  };

  std::map<std::string, record> records;
  std::map<std::string, std::string> files;
  /// Jobs that are dead or cancelled: their documents can be taken over.
  std::set<std::int64_t> ended_jobs;
  /// Of other jobs.
  std::map<std::int64_t, ingest::job_fate> fates;
  /// The last output that was written.
  std::string output;

  void write(const std::vector<pipeline::effect>& effects) {
    const auto write_any = [this](const auto& one) { write_one(one); };
    for (const auto& e : effects)
      std::visit(write_any, e);
  }

  std::optional<ingest::document> find(const std::string& document_id) override {
    const auto at = records.find(document_id);
    return at == records.end() ? std::nullopt : std::optional{at->second.document};
  }

  std::vector<ingest::chunk> buffered_chunks(const std::string& document_id) override {
    return records[document_id].buffered_chunks;
  }

  std::vector<ingest::chunk> chunks(const std::string& document_id, std::int64_t from,
                                    std::int64_t limit) override {
    std::vector<ingest::chunk> found;
    for (const auto& c : records[document_id].chunks)
      if (c.ord >= from && c.ord < from + limit)
        found.push_back(c);
    return found;
  }

  ingest::job_fate fate_of(std::int64_t job_id) override {
    const auto at = fates.find(job_id);
    return at == fates.end() ? ingest::job_fate::failed : at->second;
  }
  std::int64_t count_embedded(const std::string& document_id,
                              const std::string& embedder) override {
    const auto& r = records[document_id];
    return r.document.embedder == embedder ? static_cast<std::int64_t>(r.vectors.size()) : 0;
  }

  std::vector<ingest::chunk> chunks_to_embed(const std::string& document_id,
                                             const std::string& embedder,
                                             std::int64_t limit) override {
    auto& r = records[document_id];
    std::vector<ingest::chunk> found;
    for (const auto& c : r.chunks)
      if (!r.buffered_vectors[embedder].contains(c.ord) &&
          static_cast<std::int64_t>(found.size()) < limit)
        found.push_back(c);
    return found;
  }

  std::vector<ingest::embedding> buffered_embeddings(const std::string& document_id,
                                                     const std::string& embedder) override {
    std::vector<ingest::embedding> found;
    for (const auto& [ord, values] : records[document_id].buffered_vectors[embedder])
      found.push_back({ord, values});
    return found;
  }

  void put(const std::string& uri, std::string_view bytes) override { files[uri] = bytes; }

  std::optional<std::string> get(const std::string& uri) override {
    const auto at = files.find(uri);
    return at == files.end() ? std::nullopt : std::optional{at->second};
  }

  std::string path(const std::string& uri) override { return uri; }

 private:
  void write_one(const ingest::effects::register_document& e) {
    const auto at = records.find(e.document.id);
    if (at == records.end())
      records[e.document.id].document = e.document;
    else if (ended_jobs.contains(at->second.document.job_id))
      at->second.document.job_id = e.document.job_id;
  }

  void write_one(const ingest::effects::link_path&) {}

  void write_one(const ingest::effects::record_parsed& e) {
    auto& d = records.at(e.document_id).document;
    d.parser = e.parser;
    d.parsed_uri = e.parsed_uri;
    d.title = e.about.title;
    d.author = e.about.author;
    d.date = e.about.date;
    d.language = e.about.language;
    d.warnings = e.warnings;
    d.status = ingest::document_status::parsed;
  }

  void write_one(const ingest::effects::record_normalised& e) {
    records.at(e.document_id).document.text_sha256 = e.text_sha256;
  }

  void write_one(const ingest::effects::buffer_chunks& e) {
    records.at(e.document_id).buffered_chunks = e.chunks;
  }

  void write_one(const ingest::effects::commit_chunks& e) {
    auto& r = records.at(e.document_id);
    r.chunks = std::exchange(r.buffered_chunks, {});
    r.vectors.clear();
    r.document.embedder.clear();
    r.document.chunk_count = e.count;
    r.document.status = ingest::document_status::chunked;
  }

  void write_one(const ingest::effects::buffer_embeddings& e) {
    for (const auto& [ord, values] : e.embeddings)
      records.at(e.document_id).buffered_vectors[e.embedder][ord] = values;
  }

  void write_one(const ingest::effects::reuse_embeddings&) {}

  void write_one(const ingest::effects::commit_embeddings& e) {
    auto& r = records.at(e.document_id);
    r.vectors = std::move(r.buffered_vectors[e.embedder]);
    r.buffered_vectors.clear();
    r.document.embedder = e.embedder;
  }

  void write_one(const ingest::effects::mark_embedded& e) {
    records.at(e.document_id).document.status = ingest::document_status::embedded;
  }

  void write_one(const pipeline::effects::write_output& e) { output = e.json; }

  /// No stage of `ingest` makes any.
  void write_one(const pipeline::effects::make_children&) {}
  void write_one(const pipeline::effects::make_jobs&) {}

  void write_one(const std::shared_ptr<const pipeline::application_effect>& e) {
    std::visit([this](const auto& one) { write_one(one); },
               dynamic_cast<const ingest::document_effect&>(*e).what());
  }
};

}  // namespace millrace::tests
