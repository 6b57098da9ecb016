#pragma once

#include "ingest/document/writer.hpp"
#include "ingest/readers/markdown_tree.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace millrace::tests {

/// The text of Markdown with its outline, as the parser makes it; bytes that are no text as they
/// are.
inline ingest::rendered rendered_markdown(std::string_view markdown) {
  auto read = ingest::read_markdown({markdown, {}});
  if (auto* made = std::get_if<ingest::tree::document>(&read))
    return ingest::render(std::move(*made));
  const auto text = std::string{markdown} + "\n";
  return {text, ingest::outline_of_plain(text), {}, {}};
}

}  // namespace millrace::tests
