#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace millrace::ingest {

/// Reads the words of a text one after the other: runs of letters and digits, in lower case (Latin,
/// Greek, Cyrillic), each ideograph a word of its own. Bytes that are not UTF-8 separate words.
/// Allocates only while its buffer grows to the longest word.
class word_reader {
 public:
  explicit word_reader(std::string_view text) : text_(text) {}

  /// Moves on to the next word; false at the end.
  bool next();

  /// The word, valid until next(). Of a word longer than 64 bytes it is the beginning.
  std::string_view word() const { return word_; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::string word_;
};

/// Whether the word is one that every English text is full of ("the", "does"), and says nothing
/// about what a text is about.
bool is_stop_word(std::string_view word);

/// The word without its English ending: "indexes" and "indexing" become "index". Words with other
/// than ASCII letters stay as they are. Always a beginning of the word, but never empty.
std::string_view stem(std::string_view word);

}  // namespace millrace::ingest
