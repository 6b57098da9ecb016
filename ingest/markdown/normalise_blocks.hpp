#pragma once

#include <string>
#include <string_view>

namespace millrace::ingest {

/// One pass of normalise over printable text: finds the blocks that the text is made of, moves
/// items and what is in them to where they belong, normalises what stands in paragraphs, and
/// leaves code alone.
std::string normalise_blocks(std::string_view text);

}  // namespace millrace::ingest
