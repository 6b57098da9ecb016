#pragma once

#include "ingest/interfaces.hpp"
#include "ingest/parse/pool/parser_pool.hpp"
#include "ingest/readers/readers.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace millrace::ingest {

/// Makes text with a reader of the table: here for short texts, for other formats and long texts
/// in a process of the pool, under limits. Rejects what the reader cannot read, with its code, and
/// what takes too much (PARSER_LIMIT).
class reader_parser final : public parser {
 public:
  reader_parser(const reader& with, std::shared_ptr<pool::parser_pool> processes)
      : with_(with), processes_(std::move(processes)) {}

  std::string name() const override { return std::string{with_.name}; }
  parse_result parse(const std::string& path, std::string_view file_name,
                     const context& at) const override;

 private:
  const reader& with_;
  std::shared_ptr<pool::parser_pool> processes_;
};

/// Reads a file of that kind in a process of the pool, whatever its size.
parse_result read_in_pool(pool::parser_pool& processes, std::string_view kind,
                          const std::string& path, std::string_view file_name, const context& at);

/// The reject of more text than is taken.
std::optional<reject> text_too_large(const rendered& made, std::int64_t max_text_size);

/// The text of what a reader read; a reject for what it could not read, and for more text than is
/// taken.
parse_result render_read(tree::read_result&& read, std::int64_t max_text_size);

}  // namespace millrace::ingest
