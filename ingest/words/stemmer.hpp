#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct sb_stemmer;

namespace millrace::ingest::search {

/// The code of a language that has stems, of what names it: "de", "de-DE", "German", "nb". Empty
/// for any other.
std::string_view stemmed_language(std::string_view name);

/// Whether words of the language are joined into one without a sign: "Kühlwasserpumpe".
bool joins_words(std::string_view language);

/// The term of a word that stands within a joined one, from the stem as a term: "de~~pump" of
/// "de~pump". Empty where the language joins none.
std::string as_part_of_joined(std::string_view stem);

/// Stems of libstemmer, of every language that it knows. For one thread at a time.
class stemmers {
 public:
  stemmers();
  ~stemmers();
  stemmers(const stemmers&) = delete;
  stemmers& operator=(const stemmers&) = delete;

  /// The stem of a word in lower case, as a term: "de~haus". Empty unless the word has nothing but
  /// letters in the script of the language.
  std::string stem(std::string_view word, std::string_view language);

  /// That of every language.
  std::vector<std::string> all(std::string_view word);

 private:
  std::string stem_in(std::string_view word, std::size_t language);

  struct end_stemmer {
    void operator()(sb_stemmer* one) const;
  };
  /// One for each language, made when it is first used.
  std::vector<std::unique_ptr<sb_stemmer, end_stemmer>> made_;
};

}  // namespace millrace::ingest::search
