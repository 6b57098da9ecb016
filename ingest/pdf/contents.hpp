#pragma once

#include "ingest/pdf/piece.hpp"

namespace millrace::ingest::pdf_layout {

/// Takes the lines of a table of contents off a page, which are those with dots that lead from a
/// title to its page. Answers their entries, without the dots; nothing for a page without.
std::vector<piece> take_contents(page& on);

}  // namespace millrace::ingest::pdf_layout
