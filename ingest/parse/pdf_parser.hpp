#pragma once

#include "ingest/interfaces.hpp"
#include "ingest/settings.hpp"

#include <utility>

namespace millrace::ingest {

/// pdf@3: the blocks of a PDF (ingest/pdf), made of what poppler's tools read in child processes
/// under limits, with the title, author and date that the file has.
///
/// Rejects a PDF that needs a password (PDF_ENCRYPTED), cannot be read (PDF_BROKEN), has too many
/// pages (PDF_TOO_MANY_PAGES) or no text (PDF_NO_TEXT), or takes too much (PARSER_LIMIT).
class pdf_parser final : public parser {
 public:
  explicit pdf_parser(parser_settings settings) : settings_(std::move(settings)) {}

  std::string name() const override { return "pdf@3"; }
  parse_result parse(const std::string& path, std::string_view file_name,
                     const context& at) const override;

 private:
  parser_settings settings_;
};

}  // namespace millrace::ingest
