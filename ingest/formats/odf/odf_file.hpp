#pragma once

#include "ingest/formats/archive/unpack.hpp"
#include "ingest/formats/odf/odf_styles.hpp"

#include <map>
#include <memory>
#include <string>

namespace millrace::ingest::formats {

/// An OpenDocument file: its body, its styles and what it says about itself.
class odf_file {
 public:
  /// Throws FILE_ENCRYPTED, and FILE_DAMAGED for what has no content.
  odf_file(std::string_view bytes, const read_limits& limits);

  /// The element below the body: text, spreadsheet or presentation.
  node body() const;
  const odf_styles& styles() const { return styles_; }
  const read_limits& limits() const { return limits_; }
  tree::metadata about() const;
  /// The source of an embedded formula; empty for other objects.
  std::string formula(std::string_view object) const;

 private:
  std::unique_ptr<pugi::xml_document> part(std::string_view path) const;

  read_limits limits_;
  parts parts_;
  std::unique_ptr<pugi::xml_document> content_;
  std::unique_ptr<pugi::xml_document> styles_part_;
  odf_styles styles_;
};

/// Reads blocks out of an OpenDocument text, or of a frame or cell of other kinds.
class odf_body {
 public:
  explicit odf_body(const odf_file& from) : from_{from} {}

  tree::blocks read(node of);
  /// The blocks of one element.
  tree::blocks read_one(node at);
  /// Footnotes, endnotes and comments, in the order of their references.
  tree::blocks take_notes();

 private:
  void read_block(node at, tree::blocks& to);
  void read_paragraph(node at, tree::blocks& to);
  void read_inline(node of, tree::span_kind kind, tree::spans& to, tree::blocks& after);
  bool read_character(node at, tree::span_kind kind, tree::spans& to);
  void read_note(node at, tree::spans& to);
  void read_comment(node at);
  void read_frame(node of, tree::spans& to, tree::blocks& after);
  void read_list(node at, std::string_view style, int level, tree::blocks& to);
  void read_table(node at, tree::blocks& to);
  void read_rows(node of, bool in_head, tree::table& to);
  void read_row(node at, tree::table& to);
  tree::span_kind kind_of(std::string_view style, tree::span_kind outer) const;

  const odf_file& from_;
  tree::blocks notes_;
  std::map<std::string, long, std::less<>> continued_;
  long comments_ = 0;
  std::size_t cells_ = 0;
  bool head_style_ = false;
};

}  // namespace millrace::ingest::formats
