#pragma once

#include "ingest/pdf/piece.hpp"

namespace millrace::ingest::pdf_layout {

/// Says of pieces that they are headings, and of which level. With an outline, those are headings
/// that it names and what is set as they are; without one, short lines that are clearly larger
/// than the text.
void find_headings(std::vector<piece>& pieces, const std::vector<bookmark>& outline,
                   const usual& about);

}  // namespace millrace::ingest::pdf_layout
