#pragma once

#include "ingest/interfaces.hpp"
#include "ingest/settings.hpp"

#include <utility>

namespace millrace::ingest {

/// pdf@2: the text of a PDF as poppler's tools read it, in paragraphs (pdf_text), made in child
/// processes under limits.
///
/// Rejects a PDF that needs a password (PDF_ENCRYPTED), cannot be read (PDF_BROKEN), has too many
/// pages (PDF_TOO_MANY_PAGES) or no text (PDF_NO_TEXT), or takes too much (PARSER_LIMIT).
class pdf_parser final : public parser {
 public:
  explicit pdf_parser(parser_settings settings) : settings_(std::move(settings)) {}

  std::string name() const override { return "pdf@2"; }
  parse_result parse(const std::string& path, std::string_view file_name,
                     const context& at) const override;

 private:
  parser_settings settings_;
};

}  // namespace millrace::ingest
