#pragma once

#include "base/time.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace millrace::ingest {

/// What files are taken in. Sizes in bytes.
struct intake_settings {
  std::int64_t max_file_size = std::int64_t{25} * 1024 * 1024;
  std::size_t max_name_length = 255;
  /// Folders below which files are read for jobs that `millrace submit` did not make.
  std::vector<std::string> allowed_paths{};
};

/// How much is taken out of a file that holds others, and of those within it.
struct unpack_settings {
  /// Files within one another that are unpacked, the outermost included.
  int max_depth = 3;
  std::int64_t max_members = 10'000;
  std::int64_t max_bytes = std::int64_t{256} * 1024 * 1024;
};

/// What a parser of a foreign format may use. It runs in a child process.
struct parser_settings {
  int max_pages = 2000;
  duration time_limit = std::chrono::seconds{60};
  std::chrono::seconds cpu_limit{30};
  std::int64_t memory_limit = std::int64_t{1} << 30;
  /// Largest text that a parser may make.
  std::int64_t max_text_size = std::int64_t{64} * 1024 * 1024;
  /// The program that runs a parser under these limits; it stands beside `millrace`.
  std::string helper = "millrace-parser";
};

/// Sizes of chunks, in bytes of normalised text.
struct chunk_settings {
  std::size_t target_size = 900;
  std::size_t max_size = 2000;
  /// Text of the chunk before that a chunk repeats, when a section is longer than one chunk.
  std::size_t overlap = 150;
};

struct embed_settings {
  /// Chunks embedded and persisted at once.
  std::int64_t micro_batch = 64;
};

struct settings {
  intake_settings intake;
  unpack_settings unpack;
  parser_settings parser;
  chunk_settings chunk;
  embed_settings embed;
};

}  // namespace millrace::ingest
