#pragma once

#include "ingest/interfaces.hpp"

#include <utility>

namespace millrace::ingest {

/// Reads text that is Markdown already, or reads as such: only its encoding changes. Rejects text
/// whose encoding cannot be told (TEXT_ENCODING).
class text_parser final : public parser {
 public:
  explicit text_parser(std::string name) : name_(std::move(name)) {}

  std::string name() const override { return name_; }
  parse_result parse(const std::string& path, const context& at) const override;

 private:
  std::string name_;
};

}  // namespace millrace::ingest
