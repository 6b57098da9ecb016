#pragma once

#include "ingest/document/document_tree.hpp"

#include <string>

namespace millrace::tests {

/// A line for each block, with what stands in a block indented under it, as tests compare trees:
/// `p words`, `h2 words`, `ul`, `7. ` and `- ` for items, `| cell | cell |`.
std::string print_tree(const ingest::tree::blocks& blocks);

/// Runs of characters: `code`, ^{raised}, _{lowered}, ${formula}, ![image], and ⏎.
std::string print_words(const ingest::tree::spans& words);

}  // namespace millrace::tests
