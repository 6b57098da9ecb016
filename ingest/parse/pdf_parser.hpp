#pragma once

#include "ingest/interfaces.hpp"
#include "ingest/parse/pool/parser_pool.hpp"

#include <memory>
#include <utility>

namespace millrace::ingest {

/// pdf@3: the blocks of a PDF (ingest/pdf), made of what poppler's tools read in a process of
/// the pool, with the title, author and date that the file has.
///
/// Rejects a PDF that needs a password (PDF_ENCRYPTED), cannot be read (PDF_BROKEN), has too many
/// pages (PDF_TOO_MANY_PAGES) or no text (PDF_NO_TEXT), or takes too much (PARSER_LIMIT).
class pdf_parser final : public parser {
 public:
  explicit pdf_parser(std::shared_ptr<pool::parser_pool> processes)
      : processes_(std::move(processes)) {}

  std::string name() const override { return "pdf@3"; }
  parse_result parse(const std::string& path, std::string_view file_name,
                     const context& at) const override;

 private:
  std::shared_ptr<pool::parser_pool> processes_;
};

}  // namespace millrace::ingest
