#pragma once

#include <string>
#include <string_view>

namespace millrace::ingest::search {

/// A word in the forms in which it is compared.
struct folded_word {
  /// In lower case, compatibility forms and digits of every script unified, without diacritics.
  std::string plain{};
  /// The same with its diacritics; empty where the word has none.
  std::string marked{};
};

/// Folds a word, a part of one or an identifier, which is UTF-8. Both forms are empty where nothing
/// is left of it.
folded_word fold(std::string_view word);

/// Drops the diacritics of what is in lower case: of Latin, Greek, Cyrillic, Arabic and Hebrew
/// letters. Marks of other scripts are vowels and stay.
std::string without_diacritics(std::string_view folded);

/// The code points of what is UTF-8.
std::size_t code_points(std::string_view text);

}  // namespace millrace::ingest::search
