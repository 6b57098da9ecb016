#pragma once

#include "ingest/pdf/piece.hpp"

#include <optional>

namespace millrace::ingest::pdf_layout {

/// The lines of a block as a listing, with their indentation, where they are set in a font of one
/// width and the document is not. `left` is the left edge of the page's text.
std::optional<piece> listing_of(const std::vector<line>& lines, const page& on, float left,
                                const usual& about);

/// The characters of a listing: lines with what they are indented, empty ones where there is a gap.
std::string code_text(const piece& listing);

}  // namespace millrace::ingest::pdf_layout
