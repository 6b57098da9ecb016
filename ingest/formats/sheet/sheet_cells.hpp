#pragma once

#include "ingest/formats/read_limits.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace millrace::ingest::formats {

/// The cells of a sheet that have text, in order. Empty ones cost nothing, however many there are.
struct sheet_cells {
  struct cell {
    std::size_t row = 0;
    std::size_t column = 0;
    tree::spans words{};
  };
  std::string name{};
  std::vector<cell> cells{};
};

/// Appends a heading with the sheet's name, and its cells as a table without empty rows and
/// columns. `left` cells may be made; throws FILE_EXPANDS_TOO_MUCH beyond.
void add_sheet(tree::document& to, sheet_cells&& sheet, std::size_t& left);

}  // namespace millrace::ingest::formats
