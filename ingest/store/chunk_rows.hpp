#pragma once

#include "ingest/model.hpp"
#include "storage/db/database.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Rows of chunks, as several statements answer them.
namespace millrace::ingest {

inline auto& prepared_chunks(storage::connection& on, std::string_view name,
                             const std::string& document_id) {
  return on
      .prepared<std::string, std::int64_t, std::string, std::int64_t, std::int64_t, std::string,
                std::string, std::int64_t, std::int64_t, std::string>(name)
      .with("document", document_id);
}

template <class Statement>
std::vector<chunk> read_chunks(Statement& rows) {
  std::vector<chunk> found;
  rows.each([&](const std::string& id, std::int64_t ord, const std::string& heading_path,
                std::int64_t byte_begin, std::int64_t byte_end, const std::string& text,
                const std::string& sha256, std::int64_t first_page, std::int64_t last_page,
                const std::string& boxes) {
    found.push_back(
        {id, ord, heading_path, byte_begin, byte_end, text, sha256, first_page, last_page, boxes});
  });
  return found;
}

}  // namespace millrace::ingest
