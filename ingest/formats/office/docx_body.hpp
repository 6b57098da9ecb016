#pragma once

#include "ingest/formats/office/package.hpp"
#include "ingest/formats/office/word_styles.hpp"

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace millrace::ingest::formats {

/// Reads the blocks of a document, or of a note, in order.
class docx_body {
 public:
  explicit docx_body(const package& from);

  tree::blocks read(node of);
  /// Footnotes, endnotes and comments, in the order of their references.
  tree::blocks notes();

 private:
  struct paragraph_parts {
    tree::spans words{};
    /// Text boxes, which follow.
    tree::blocks after{};
    bool page_break = false;
  };

  void read_block(node at, tree::blocks& to);
  void read_paragraph(node at, tree::blocks& to);
  void place_paragraph(node at, tree::spans words, tree::blocks& to);
  void read_inline(node of, paragraph_parts& to);
  void read_run(node of, paragraph_parts& to);
  void read_drawing(node of, paragraph_parts& to);
  void refer(node at, const char* kind, paragraph_parts& to);
  void read_table(node at, tree::blocks& to);
  void read_row(node at, tree::table& table);

  const package& from_;
  std::unique_ptr<pugi::xml_document> styles_part_;
  std::unique_ptr<pugi::xml_document> numbering_part_;
  word_styles styles_;
  word_numbering numbering_;
  /// Kind, id and label.
  std::vector<std::array<std::string, 3>> references_;
  std::map<std::string, long> labels_;
  std::size_t cells_ = 0;
};

}  // namespace millrace::ingest::formats
