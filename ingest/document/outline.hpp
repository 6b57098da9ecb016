#pragma once

#include "ingest/document/document_tree.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The text of a document as it is stored, and what stands where in it.
namespace millrace::ingest {

enum class outline_kind : std::uint8_t {
  paragraph,
  heading,
  table,
  code,
  preformatted,
  formula,
  image,
};
inline constexpr int outline_kinds = 7;

/// A block in the rendered text: whole lines of it, with the signs of the lists and quotes around.
struct outline_entry {
  outline_kind kind = outline_kind::paragraph;
  /// 1 to 6 for a heading that stands in no list or quote, else 0.
  std::uint8_t level = 0;
  /// Lists, items and quotes around it. Where some of them begin with this block, they do not
  /// count: a list is as deep as its first item.
  std::uint8_t depth = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  /// Bytes [begin, head_end) are the head of a table. `begin` for one without a head, and for
  /// anything else.
  std::uint32_t head_end = 0;
  tree::source_place from{};

  bool has_head() const { return head_end > begin; }
};

/// In the order of the text; between two of them there is nothing but white space and signs of
/// quotes.
using outline = std::vector<outline_entry>;

/// What a parser made of a file.
struct rendered {
  std::string text{};
  ingest::outline outline{};
  tree::metadata about{};
  std::vector<tree::warning> warnings{};
};

/// What is wrong with an outline of that text; empty when nothing is.
std::string_view fault_of(const outline& entries, std::string_view text);

/// The outline as a blob, which names the text that it belongs to by its digest.
std::string to_bytes(const outline& entries, std::string_view text_sha256);

struct outline_blob {
  std::string text_sha256{};
  outline entries{};
};
/// Nothing for what to_bytes did not write. Does not look at the text: see fault_of.
bool from_bytes(std::string_view bytes, outline_blob& into);

/// The outline of a text that came without one: paragraphs between blank lines, code between
/// fences, lines of one to six `#` and a space as headings.
outline outline_of_plain(std::string_view text);

}  // namespace millrace::ingest
