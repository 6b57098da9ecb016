#pragma once

#include "ingest/document/document_tree.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millrace::tests {

/// One line for each block, inner ones indented; metadata and warnings apart.
std::string tree_text(const ingest::tree::document& document);
/// The tree of what was read, or "CODE: sentence".
std::string tree_text(const ingest::tree::read_result& result);
/// The code of what cannot be read; empty when it can.
std::string code_of(const ingest::tree::read_result& result);

struct zip_entry {
  std::string name;
  std::string bytes;
};
/// A zip, deflated.
std::string zip_of(const std::vector<zip_entry>& entries);
/// A sample of tests/data/formats.
std::string sample(std::string_view name);

}  // namespace millrace::tests
