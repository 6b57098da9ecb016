#pragma once

#include <gumbo.h>

#include <cstddef>
#include <string>
#include <string_view>

/// Questions about the nodes of a parsed page.
namespace millrace::ingest::html_tree {

bool is_element(const GumboNode& node);

/// Of an element or a document; elements alone have any.
const GumboVector& children_of(const GumboNode& node);

const GumboNode& child_at(const GumboVector& children, unsigned at);

/// The value of an attribute; empty when it is not there.
std::string_view attribute(const GumboElement& of, std::string_view name);
bool has_attribute(const GumboElement& of, std::string_view name);

/// Takes the next word off a list of words, such as a class attribute; empty at the end.
std::string_view next_word(std::string_view& words);

/// Calls `use` with each word of the class attribute until it answers true; whether one did.
template <class Use>
bool any_class(const GumboElement& of, Use use) {
  auto left = attribute(of, "class");
  for (auto word = next_word(left); !word.empty(); word = next_word(left))
    if (use(word))
      return true;
  return false;
}

bool has_class(const GumboElement& of, std::string_view name);

/// The name of an element that gumbo has no tag for ("mfrac"), as its source writes it.
std::string_view unknown_name(const GumboElement& of);

/// Begins and ends a paragraph.
bool is_block(GumboTag tag);

/// 1 to 6 for a heading, by its tag or its role; else 0.
int heading_level(const GumboElement& element);

/// An attribute's value in lower case and without spaces, for declarations of style.
std::string squeezed(std::string_view value);

/// The text in a node, white space collapsed and cut off at the ends; no more than about `limit`
/// bytes of it.
std::string plain_text(const GumboNode& node, std::size_t limit);

/// Whether a letter or a digit is among the characters.
bool has_words(std::string_view text);

}  // namespace millrace::ingest::html_tree
