#pragma once

#include "ingest/interfaces.hpp"
#include "ingest/settings.hpp"

#include <utility>

namespace millrace::ingest {

/// html@1: turns HTML into Markdown (html_to_markdown) in a child process under limits. Rejects
/// what nests too deep (HTML_TOO_DEEP) or takes too much (PARSER_LIMIT).
class html_parser final : public parser {
 public:
  explicit html_parser(parser_settings settings) : settings_(std::move(settings)) {}

  std::string name() const override { return "html@1"; }
  parse_result parse(const std::string& path, const context& at) const override;

 private:
  parser_settings settings_;
};

}  // namespace millrace::ingest
