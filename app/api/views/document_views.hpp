#pragma once

#include "actors/inspector/protocol/json_fields.hpp"
#include "app/commands/submit/submit_files.hpp"
#include "ingest/model.hpp"
#include "ingest/search/search.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What documents, chunks and hits of a search show of themselves.
namespace millrace::ingest::search {

template <class F, actors::either<mark> X>
void list_fields(F& f, X& x) {
  f("begin", x.begin);
  f("end", x.end);
}

}  // namespace millrace::ingest::search

namespace millrace::ingest {

template <class F, actors::either<document> X>
void list_fields(F& f, X& x) {
  f("document_id", x.id);
  f("owner", x.owner);
  f("job_id", x.job_id);
  f("name", x.name);
  f("source_path", x.source_path);
  f("media_type", x.media_type);
  f("size_bytes", x.size_bytes);
  f("sha256", x.file_sha256);
  f("status", x.status);
  f("parser", x.parser);
  f("chunk_count", x.chunk_count);
  f("embedder", x.embedder);
  f("title", x.title);
  f("author", x.author);
  f("date", x.date);
  f("language", x.language);
  f({"warnings", "warnings", actors::shown_as::document}, x.warnings);
  f("collection", x.collection);
  f({"tags", "tags", actors::shown_as::document}, x.tags);
}

template <class F, actors::either<chunk> X>
void list_fields(F& f, X& x) {
  f("chunk_id", x.id);
  f("ord", x.ord);
  f("byte_begin", x.byte_begin);
  f("byte_end", x.byte_end);
  f("heading_path", x.heading_path);
  f("text", x.text);
  f("first_page", x.first_page);
  f("last_page", x.last_page);
  f({"boxes", "boxes", actors::shown_as::document}, x.boxes);
}

/// With the fields of its chunk.
template <class F, actors::either<search_hit> X>
void list_fields(F& f, X& x) {
  f("score", x.score);
  f("word_score", x.word_score);
  f("similarity", x.similarity);
  f("document_id", x.document_id);
  f("document_name", x.document_name);
  f("source_path", x.source_path);
  f("title", x.title);
  f("owner", x.owner);
  f("media_type", x.media_type);
  f("marks", x.marks);
  list_fields(f, x.chunk);
}

}  // namespace millrace::ingest

namespace millrace::app {

template <class F, actors::either<submitted> X>
void list_fields(F& f, X& x) {
  f("job_id", x.job);
  f("document_id", x.document_id);
  f("path", x.path);
  f("code", x.code);
  f("message", x.message);
}

}  // namespace millrace::app

namespace millrace::app::api {

using actors::either;

struct upload_list {
  std::vector<submitted> jobs;
};

/// In the order of their ids.
struct document_page {
  std::vector<ingest::document> documents;
  std::optional<std::string> next_after;
};

/// In the order of the document.
struct chunk_page {
  std::vector<ingest::chunk> chunks;
  std::optional<std::int64_t> next_after;
};

struct hit_list {
  std::vector<ingest::search_hit> hits;
};

template <class F, either<upload_list> X>
void list_fields(F& f, X& x) {
  f("jobs", x.jobs);
}

template <class F, either<document_page> X>
void list_fields(F& f, X& x) {
  f("documents", x.documents);
  f("next_after", x.next_after);
}

template <class F, either<chunk_page> X>
void list_fields(F& f, X& x) {
  f("chunks", x.chunks);
  f("next_after", x.next_after);
}

template <class F, either<hit_list> X>
void list_fields(F& f, X& x) {
  f("hits", x.hits);
}

}  // namespace millrace::app::api
