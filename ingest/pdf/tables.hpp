#pragma once

#include "ingest/pdf/piece.hpp"

namespace millrace::ingest::pdf_layout {

/// A table, and the block of a page in whose place it stands.
struct placed_table {
  piece content;
  int block = 0;
};

/// Takes tables off a page: lines side by side, in columns with clear gaps between them, whose
/// cells stand below each other and are no running text. Doubtful ones stay lines.
std::vector<placed_table> take_tables(page& on);

}  // namespace millrace::ingest::pdf_layout
