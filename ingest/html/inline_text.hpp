#pragma once

#include "ingest/document/document_tree.hpp"

#include <string>
#include <string_view>

namespace millrace::ingest::html_tree {

/// Collects the runs of characters of one paragraph, heading or cell. White space collapses as in a
/// browser: a run of it is one space, and none at the ends of a line; a line end between characters
/// of Chinese or Japanese is nothing. No-break spaces count as spaces, for they separate words;
/// soft hyphens and other invisible marks are left out, joiners stay.
class inline_text {
 public:
  /// Text of the source, in the kind that is set.
  void text(std::string_view words);

  /// What is one unit whatever is in it: a formula, an alternative text.
  void whole(tree::span_kind kind, std::string words);

  /// Lines of code, each with its indentation.
  void code_lines(std::string_view lines);

  /// What follows stands on a line of its own, if something is before it.
  void line_break();
  /// Whether a line break is what was added last.
  bool ends_line() const { return pending_break_; }

  /// The kind of the text that follows; answers the one that was.
  tree::span_kind set_kind(tree::span_kind kind);
  tree::span_kind kind() const { return kind_; }

  bool empty() const { return spans_.empty(); }

  /// What was collected; empty again after it. The kind stays.
  tree::spans take();

 private:
  void special(std::string_view words, std::size_t& at);
  void append(std::string_view words);
  void begin_span(tree::span_kind kind, std::string_view next);
  void separate(tree::span_kind kind, std::string_view next);
  bool joins_ideographs(std::string_view next) const;

  tree::spans spans_;
  tree::span_kind kind_ = tree::span_kind::text;
  /// White space that counts only if something follows.
  bool pending_space_ = false;
  bool pending_newline_ = false;
  bool pending_break_ = false;
  tree::span_kind space_kind_ = tree::span_kind::text;
};

/// Text of code as it is, but for marks that cannot be seen: no-break spaces are spaces.
void append_verbatim(std::string& to, std::string_view text);

}  // namespace millrace::ingest::html_tree
