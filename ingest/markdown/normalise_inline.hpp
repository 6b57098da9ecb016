#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

namespace millrace::ingest {

/// The labels that a document defines links for, as label_key writes them.
using link_labels = std::unordered_set<std::string>;

/// Labels that are the same have the same key: case and white space do not count.
std::string label_key(std::string_view label);

/// Normalises what stands within the lines of a paragraph: links become their text, images
/// `![alt]`, runs of spaces one. Code between backticks, white space at the start of a line and
/// after an item's marker stay as they are, and so does the number of lines.
std::string normalise_inline(std::string_view lines, const link_labels& defined);

}  // namespace millrace::ingest
