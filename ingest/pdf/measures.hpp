#pragma once

#include "ingest/pdf/page.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace millrace::ingest::pdf_layout {

/// The text of words that stand side by side.
std::string text_of(const std::vector<word>& words);
std::string text_of(const line& what);

/// The width of a character where a line is set in a font whose characters have one width: every
/// word begins on a grid of that width. Nothing for other lines, and for those that are too short
/// to tell.
std::optional<float> character_width(const line& what);

/// What is usual in a document.
struct usual {
  /// The size of most of its text.
  float size = 10;
  /// Whether most of it is set in a font of one width, which then says nothing about a line.
  bool is_typewritten = false;
  /// Words with a hyphen in them ("well-known").
  std::unordered_set<std::string> compounds{};
  int pages = 0;
};

usual measure(const std::vector<page>& pages);

}  // namespace millrace::ingest::pdf_layout
