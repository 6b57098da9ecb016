#pragma once

#include <string>
#include <string_view>

namespace millrace::ingest {

/// Text as it stands on pages, lines cut where the page ends, as running text: lines of a paragraph
/// joined, words that were hyphenated at the end of a line whole again, ligatures as letters,
/// bullets as Markdown's, pages as paragraphs. Empty when there is only white space.
///
/// A line stays a line of its own where it begins an item, or where it ends early and reads like a
/// heading, an entry or the end of a paragraph.
std::string pdf_text(std::string_view pages);

}  // namespace millrace::ingest
