#pragma once

#include "ingest/document/document_tree.hpp"

#include <string>
#include <variant>

namespace millrace::ingest::pdf_layout {

/// A tool that did not do its work for a reason that is not the file's.
struct tool_failed {
  /// As waitpid(2) has it; -1 when it could not be started.
  int status = -1;
  std::string why{};
};

/// Reads the PDF at `path` with `pdftotext` and `pdftohtml`, which run in processes of their own
/// under the limits of this one.
std::variant<tree::read_result, tool_failed> read_pdf(const std::string& path);

}  // namespace millrace::ingest::pdf_layout
