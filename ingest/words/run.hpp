#pragma once

#include "ingest/words/characters.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

/// Words with connectors and signs within them, and their parts.
namespace millrace::ingest::search {

/// A character of a run. A mark and what is not seen have the kind of the character before them.
struct run_char {
  char32_t code = 0;
  char_kind kind = char_kind::other;
  /// Whether it is a mark, or not seen.
  bool is_attached = false;
  std::uint32_t begin = 0;
};

/// A word or an identifier: letters and digits with single connectors between them.
struct word_run {
  std::vector<run_char> chars{};
  std::uint32_t end = 0;

  void clear() { chars.clear(); }
  /// The byte at which the character begins, or the run ends.
  std::uint32_t begin_of(std::size_t n) const { return n < chars.size() ? chars[n].begin : end; }
};

/// Whether a word of letters or digits begins at the byte, and with what.
char_kind word_at(std::string_view text, std::size_t at);

/// Whether the dot at the byte begins a name: `.net`, `.bashrc`.
bool is_leading_dot(std::string_view text, std::size_t at);

/// Reads the run that begins at the byte, with a letter, a digit or a leading dot.
void read_run(std::string_view text, std::size_t at, word_run& run);

/// Characters [first, last) of a run, and the position among its parts.
struct run_part {
  std::size_t first = 0;
  std::size_t last = 0;
  std::uint32_t place = 0;
};

/// The parts of a run, by their places; none where it is one word. Those of a single character are
/// left out.
void parts_of(const word_run& run, std::vector<run_part>& parts);

}  // namespace millrace::ingest::search
