#pragma once

#include "ingest/document/document_tree.hpp"
#include "ingest/text/text_lines.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::ingest {

/// Makes blocks of the lines of a text of which some are headings and some are code.
class text_blocks {
 public:
  /// A line of the text; a blank one ends a paragraph.
  void line(const text_line& one);
  void heading(int level, std::string_view words, const text_line& from);
  /// Lines of code without the indentation that they share; blank ones around them do not count.
  void code(const std::vector<text_line>& lines, std::string language);

  /// The lines since the last blank one, to be used in another way.
  const std::vector<text_line>& open_lines() const { return open_; }
  std::vector<text_line> take_open_lines() { return std::exchange(open_, {}); }

  tree::blocks take();

 private:
  void end_paragraph();

  tree::blocks made_;
  std::vector<text_line> open_;
};

}  // namespace millrace::ingest
