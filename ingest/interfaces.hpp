#pragma once

#include "ingest/document/outline.hpp"
#include "ingest/model.hpp"
#include "ingest/unpacked.hpp"
#include "pipeline/api.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

/// What the ingest stages need from outside, as interfaces: the store of blobs, the
/// documents in the database, parsers and embedders. All may be used from several threads.
namespace millrace::ingest {

/// Files in the data directory, named by URIs: `storage://raw/{owner}/{document_id}.{ext}` and
/// `storage://parsed/{owner}/{document_id}.txt`, with the outline of that text beside it.
class blobs {
 public:
  virtual ~blobs() = default;
  /// Stores the bytes under the URI, replacing what is there; durable when it returns.
  virtual void put(const std::string& uri, std::string_view bytes) = 0;
  /// The bytes stored under the URI, or nothing.
  virtual std::optional<std::string> get(const std::string& uri) = 0;
  /// The file that holds the blob, for a child process to read.
  virtual std::string path(const std::string& uri) = 0;
  /// Whether there is a blob of that URI. Throws unavailable where none can be there.
  virtual bool has(const std::string& uri) {
    std::error_code ignored;
    return std::filesystem::exists(path(uri), ignored);
  }
};

/// What became of a job. One that does not exist has failed.
enum class job_fate : std::uint8_t { unfinished, done, failed };

/// Read access to what earlier stages wrote.
class documents {
 public:
  virtual ~documents() = default;
  virtual std::optional<document> find(const std::string& document_id) = 0;
  virtual job_fate fate_of(std::int64_t job_id) = 0;
  /// In order of position.
  virtual std::vector<chunk> buffered_chunks(const std::string& document_id) = 0;
  /// The document's chunks at positions [from, from + limit), in order.
  virtual std::vector<chunk> chunks(const std::string& document_id, std::int64_t from,
                                    std::int64_t limit) = 0;
  /// Chunks that have a vector of this embedder committed to them.
  virtual std::int64_t count_embedded(const std::string& document_id,
                                      const std::string& embedder) = 0;
  /// The first `limit` chunks, in order, without a vector of this embedder in the buffer.
  virtual std::vector<chunk> chunks_to_embed(const std::string& document_id,
                                             const std::string& embedder, std::int64_t limit) = 0;
  /// Vectors of this embedder in the buffer, in order of position.
  virtual std::vector<embedding> buffered_embeddings(const std::string& document_id,
                                                     const std::string& embedder) = 0;
};

/// The text that a parser made, or why there is none: it never can, it failed, or not before then.
using parse_result = std::variant<rendered, reject, retry, snooze>;

/// Turns the bytes of a file into text with an outline.
class parser {
 public:
  virtual ~parser() = default;
  /// Name and version: the same one makes the same text of the same bytes. "html@2".
  virtual std::string name() const = 0;
  /// Reads the stored file at `path`, which was called `file_name`. Never throws for bad input.
  virtual parse_result parse(const std::string& path, std::string_view file_name,
                             const context& at) const = 0;
};

/// The vectors that an embedder made, one a text, in order.
struct embedded {
  std::vector<vector> vectors{};
  /// What a service counted for them; 0 where nothing counts them.
  std::int64_t tokens = 0;
};

/// What an embedder made, or why it made nothing: it never can, it failed, or not before then.
using embed_result = std::variant<embedded, reject, retry, snooze>;

/// Turns texts into vectors.
class embedder {
 public:
  virtual ~embedder() = default;
  /// Name and version: vectors of one name can be compared. "hashing-384@1".
  virtual std::string name() const = 0;
  virtual std::size_t dimension() const = 0;
  /// Whether texts that mean the same have near vectors in whatever words: then a search asks it.
  virtual bool knows_meanings() const { return true; }
  virtual embed_result embed(std::span<const std::string_view> texts, const context& at) const = 0;
};

class remote_parser;

/// Which parser and embedder to use now. Only the service router writes it.
class service_directory {
 public:
  /// The local one.
  std::shared_ptr<const ingest::parser> parser_for(std::string_view media_type) const {
    std::scoped_lock guard{mutex_};
    parsers_wanted_ = true;
    auto at = parsers_.find(media_type);
    return at == parsers_.end() ? nullptr : at->second;
  }
  /// Of files that hold others; null for other media types.
  std::shared_ptr<const ingest::unpacker> unpacker_for(std::string_view media_type) const {
    std::scoped_lock guard{mutex_};
    auto at = unpackers_.find(media_type);
    return at == unpackers_.end() ? nullptr : at->second;
  }
  /// Whether a local parser was ever asked for.
  bool parsers_wanted() const {
    std::scoped_lock guard{mutex_};
    return parsers_wanted_;
  }
  /// The service that parses, or null.
  std::shared_ptr<const ingest::remote_parser> remote_parser() const {
    std::scoped_lock guard{mutex_};
    return remote_parser_;
  }
  std::shared_ptr<const ingest::embedder> embedder() const {
    std::scoped_lock guard{mutex_};
    return embedder_;
  }
  void use_parser(std::string media_type, std::shared_ptr<const ingest::parser> p) {
    std::scoped_lock guard{mutex_};
    parsers_.insert_or_assign(std::move(media_type), std::move(p));
  }
  void use_unpacker(std::string media_type, std::shared_ptr<const ingest::unpacker> u) {
    std::scoped_lock guard{mutex_};
    unpackers_.insert_or_assign(std::move(media_type), std::move(u));
  }
  void use_remote_parser(std::shared_ptr<const ingest::remote_parser> p) {
    std::scoped_lock guard{mutex_};
    remote_parser_ = std::move(p);
  }
  void use_embedder(std::shared_ptr<const ingest::embedder> e) {
    std::scoped_lock guard{mutex_};
    embedder_ = std::move(e);
  }

 private:
  mutable std::mutex mutex_;
  mutable bool parsers_wanted_ = false;
  std::map<std::string, std::shared_ptr<const ingest::parser>, std::less<>> parsers_;
  std::map<std::string, std::shared_ptr<const ingest::unpacker>, std::less<>> unpackers_;
  std::shared_ptr<const ingest::remote_parser> remote_parser_;
  std::shared_ptr<const ingest::embedder> embedder_;
};

}  // namespace millrace::ingest
