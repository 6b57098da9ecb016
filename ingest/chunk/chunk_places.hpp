#pragma once

#include "ingest/document/outline.hpp"
#include "ingest/model.hpp"

namespace millrace::ingest {

/// Gives a chunk, whose range is set, the pages and boxes of the blocks that it is made of.
void add_places(chunk& to, const outline& blocks);

}  // namespace millrace::ingest
