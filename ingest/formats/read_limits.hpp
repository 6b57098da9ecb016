#pragma once

#include "ingest/document/document_tree.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace millrace::ingest::formats {

/// How much a file may take when it is unpacked.
struct read_limits {
  std::size_t max_members = 10'000;
  /// Of one member.
  std::size_t max_member_bytes = std::size_t{128} * 1024 * 1024;
  /// Of all members that are read.
  std::size_t max_total_bytes = std::size_t{256} * 1024 * 1024;
  /// Unpacked bytes per byte of the file, once a file unpacks to more than a megabyte.
  std::size_t max_ratio = 400;
  /// Of elements in XML and groups in RTF.
  int max_depth = 256;
  /// Cells that are written out, per file.
  std::size_t max_cells = 2'000'000;
};

/// Thrown by readers within a format; `guarded` makes it an answer.
struct cannot_read {
  tree::unreadable why;
};

[[noreturn]] inline void fail(std::string code, std::string message) {
  throw cannot_read{{std::move(code), std::move(message)}};
}

template <class Result, class Function>
Result guarded(Function&& read) {
  try {
    return std::forward<Function>(read)();
  } catch (cannot_read& e) {
    return std::move(e.why);
  }
}

}  // namespace millrace::ingest::formats
