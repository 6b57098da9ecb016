#pragma once

#include "ingest/document/document_tree.hpp"

#include <functional>
#include <string>
#include <variant>

namespace millrace::ingest::pdf_layout {

/// A tool that did not do its work for a reason that is not the file's.
struct tool_failed {
  /// As waitpid(2) has it; -1 when it could not be started.
  int status = -1;
  std::string why{};
};

/// poppler's tools, by their paths; empty for one that is not there.
struct tools {
  std::string pdftotext{};
  std::string pdftohtml{};
  /// What takes rights away from a tool, as os::program has it.
  std::function<int()> before_exec{};
  /// What takes rights away from this process when it starts no further one, before it reads what
  /// the tools say. 0, or an errno.
  std::function<int()> when_started{};
};

/// Reads the PDF at `path` with the tools, which run in processes of their own under the limits of
/// this one. One that is still at work at the end is left to the caller, who ends the process.
std::variant<tree::read_result, tool_failed> read_pdf(const std::string& path, const tools& with);

}  // namespace millrace::ingest::pdf_layout
