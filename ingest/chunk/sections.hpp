#pragma once

#include "ingest/document/outline.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::ingest {

/// The part of a document under one heading: what chunks do not reach across.
struct section {
  /// The headings above, outermost first, joined by " > ".
  std::string heading_path;
  /// Its blocks, the heading first if it has one.
  std::span<const outline_entry> blocks;
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Below which sizes neighbours become one section.
struct section_sizes {
  /// Headings without a body, with the section that follows.
  std::size_t lone_headings = 0;
  /// Sections of a few words, whose path then is what they share and their own headings ("A > B /
  /// C").
  std::size_t small = 0;
};

/// The sections of a text, in order; together they are the whole text.
std::vector<section> sections(std::string_view text, std::span<const outline_entry> blocks,
                              section_sizes sizes);

}  // namespace millrace::ingest
