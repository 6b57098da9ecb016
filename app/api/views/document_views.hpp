#pragma once

#include "actors/inspector/protocol/json_fields.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the API answers about documents, as job_views.hpp.
namespace millrace::app::api {

using actors::either;

struct document_view {
  std::string document_id;
  std::string owner;
  std::int64_t job_id = 0;
  std::string name;
  std::string source_path;
  std::string media_type;
  std::int64_t size_bytes = 0;
  std::string sha256;
  /// "registered", "parsed", "chunked" or "embedded".
  std::string status;
  std::string parser;
  std::int64_t chunk_count = 0;
  std::string embedder;
};

/// In the order of their ids.
struct document_page {
  std::vector<document_view> documents;
  std::optional<std::string> next_after;
};

struct chunk_view {
  std::string chunk_id;
  std::int64_t ord = 0;
  std::int64_t byte_begin = 0;
  std::int64_t byte_end = 0;
  std::string heading_path;
  std::string text;
};

/// In the order of the document.
struct chunk_page {
  std::vector<chunk_view> chunks;
  std::optional<std::int64_t> next_after;
};

struct hit_view {
  double score = 0;
  std::string document_id;
  std::string document_name;
  std::string source_path;
  std::string chunk_id;
  std::int64_t ord = 0;
  std::int64_t byte_begin = 0;
  std::int64_t byte_end = 0;
  std::string heading_path;
  std::string text;
};

struct hit_list {
  std::vector<hit_view> hits;
};

template <class F, either<document_view> X>
void list_fields(F& f, X& x) {
  f("document_id", x.document_id);
  f("owner", x.owner);
  f("job_id", x.job_id);
  f("name", x.name);
  f("source_path", x.source_path);
  f("media_type", x.media_type);
  f("size_bytes", x.size_bytes);
  f("sha256", x.sha256);
  f("status", x.status);
  f("parser", x.parser);
  f("chunk_count", x.chunk_count);
  f("embedder", x.embedder);
}

template <class F, either<document_page> X>
void list_fields(F& f, X& x) {
  f("documents", x.documents);
  f("next_after", x.next_after);
}

template <class F, either<chunk_view> X>
void list_fields(F& f, X& x) {
  f("chunk_id", x.chunk_id);
  f("ord", x.ord);
  f("byte_begin", x.byte_begin);
  f("byte_end", x.byte_end);
  f("heading_path", x.heading_path);
  f("text", x.text);
}

template <class F, either<chunk_page> X>
void list_fields(F& f, X& x) {
  f("chunks", x.chunks);
  f("next_after", x.next_after);
}

template <class F, either<hit_view> X>
void list_fields(F& f, X& x) {
  f("score", x.score);
  f("document_id", x.document_id);
  f("document_name", x.document_name);
  f("source_path", x.source_path);
  f("chunk_id", x.chunk_id);
  f("ord", x.ord);
  f("byte_begin", x.byte_begin);
  f("byte_end", x.byte_end);
  f("heading_path", x.heading_path);
  f("text", x.text);
}

template <class F, either<hit_list> X>
void list_fields(F& f, X& x) {
  f("hits", x.hits);
}

}  // namespace millrace::app::api
