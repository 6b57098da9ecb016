#pragma once

#include "ingest/document/document_tree.hpp"

#include <algorithm>
#include <string>
#include <vector>

/// A PDF as words with boxes, in the order in which poppler reads them.
namespace millrace::ingest::pdf_layout {

using box = tree::page_box;

inline float width(const box& b) { return b.right - b.left; }
inline float height(const box& b) { return b.bottom - b.top; }

/// The smallest box around both.
inline box around(const box& a, const box& b) {
  return {std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right),
          std::max(a.bottom, b.bottom)};
}

/// How much of the lower one's height both share: 1 where they stand on one line.
inline float shared_height(const box& a, const box& b) {
  const float least = std::min(height(a), height(b));
  const float shared = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  return least > 0 ? shared / least : 0;
}

struct word {
  box at;
  std::string text;
};

struct line {
  std::vector<word> words;
  box at;
  /// Lines of one block follow each other and have one number.
  int block = 0;
  /// The height of most of its words, which stands for the size of its font.
  float size = 0;
};

struct page {
  /// From 1.
  int number = 1;
  float width = 0;
  float height = 0;
  std::vector<line> lines{};
  /// Lines that run in another direction than the page's text, such as stamps along its margin.
  std::vector<line> aside{};
};

/// Finds `at` and `size` again from the words.
void measure(line& what);

/// An entry of the outline that a PDF has for its viewers.
struct bookmark {
  std::string title;
  int page = 0;
  /// From 1.
  int level = 1;
};

}  // namespace millrace::ingest::pdf_layout
