#pragma once

#include <gumbo.h>

#include <cstddef>
#include <unordered_set>

namespace millrace::ingest::html_tree {

/// What is known of a page before its tree is built, for it cannot be known where it is met.
struct page_survey {
  /// Elements that are left out with all that is in them.
  std::unordered_set<const GumboNode*> left_out{};
  /// Tables that arrange the page and hold no data.
  std::unordered_set<const GumboNode*> layouts{};
  bool has_heading = false;
  bool too_deep = false;
};

/// Looks at every node once, without recursion, and answers early when elements nest deeper.
page_survey look_over(const GumboNode& document, std::size_t max_depth);

}  // namespace millrace::ingest::html_tree
