#pragma once

#include "app/terminal/terminal.hpp"
#include "ingest/search/ranking.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace millrace::app {

/// Where a passage stands on a page, in columns and lines.
struct passage_layout {
  std::size_t width = 80;
  std::size_t indent = 0;
  std::size_t lines = 3;
};

/// The part of a text that has most of the marks that tell something, wrapped, each line with its
/// end; `…` where the text goes on. The marks stand in order.
std::vector<stretch> passage_of(std::string_view text,
                                const std::vector<ingest::search::mark>& marks,
                                const passage_layout& as);

}  // namespace millrace::app
