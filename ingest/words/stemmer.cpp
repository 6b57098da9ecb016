#include "ingest/words/stemmer.hpp"

#include "base/check.hpp"
#include "base/unicode/ascii.hpp"
#include "base/unicode/utf8.hpp"
#include "ingest/words/characters.hpp"
#include "ingest/words/fold.hpp"

#include <fmt/format.h>
#include <libstemmer.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>

namespace millrace::ingest::search {
namespace {

struct stemmed {
  std::string_view code;
  std::string_view name;
  UScriptCode script;
  UScriptCode other_script = USCRIPT_INVALID_CODE;
};

constexpr std::array stemmed_languages{
    stemmed{"ar", "arabic", USCRIPT_ARABIC},
    stemmed{"ca", "catalan", USCRIPT_LATIN},
    stemmed{"da", "danish", USCRIPT_LATIN},
    stemmed{"de", "german", USCRIPT_LATIN},
    stemmed{"el", "greek", USCRIPT_GREEK},
    stemmed{"en", "english", USCRIPT_LATIN},
    stemmed{"es", "spanish", USCRIPT_LATIN},
    stemmed{"eu", "basque", USCRIPT_LATIN},
    stemmed{"fi", "finnish", USCRIPT_LATIN},
    stemmed{"fr", "french", USCRIPT_LATIN},
    stemmed{"ga", "irish", USCRIPT_LATIN},
    stemmed{"hi", "hindi", USCRIPT_DEVANAGARI},
    stemmed{"hu", "hungarian", USCRIPT_LATIN},
    stemmed{"hy", "armenian", USCRIPT_ARMENIAN},
    stemmed{"id", "indonesian", USCRIPT_LATIN},
    stemmed{"it", "italian", USCRIPT_LATIN},
    stemmed{"lt", "lithuanian", USCRIPT_LATIN},
    stemmed{"ne", "nepali", USCRIPT_DEVANAGARI},
    stemmed{"nl", "dutch", USCRIPT_LATIN},
    stemmed{"no", "norwegian", USCRIPT_LATIN},
    stemmed{"pt", "portuguese", USCRIPT_LATIN},
    stemmed{"ro", "romanian", USCRIPT_LATIN},
    stemmed{"ru", "russian", USCRIPT_CYRILLIC},
    stemmed{"sr", "serbian", USCRIPT_CYRILLIC, USCRIPT_LATIN},
    stemmed{"sv", "swedish", USCRIPT_LATIN},
    stemmed{"ta", "tamil", USCRIPT_TAMIL},
    stemmed{"tr", "turkish", USCRIPT_LATIN},
    stemmed{"yi", "yiddish", USCRIPT_HEBREW},
};

/// Whether the word has nothing but letters of the scripts, and their marks.
bool is_written_in(std::string_view word, const stemmed& language) {
  for (std::size_t at = 0; at < word.size();) {
    const auto next = utf8::decode(word, at);
    const auto kind = kind_of(next.code);
    at += next.size;
    if (kind == char_kind::mark && at > next.size)
      continue;
    UErrorCode status = U_ZERO_ERROR;
    const auto script = uscript_getScript(static_cast<UChar32>(next.code), &status);
    if (!is_letter(kind) || (script != language.script && script != language.other_script))
      return false;
  }
  return !word.empty();
}

std::size_t index_of(std::string_view code) {
  const auto* found = std::find_if(stemmed_languages.begin(), stemmed_languages.end(),
                                   [&](const stemmed& one) { return one.code == code; });
  return static_cast<std::size_t>(found - stemmed_languages.begin());
}

}  // namespace

std::string_view stemmed_language(std::string_view name) {
  name = name.substr(0, name.find_first_of("-_.@, ;"));
  const auto low = in_lower_case(name);
  // The two ways to write Norwegian.
  if (low == "nb" || low == "nn")
    return "no";
  for (const auto& one : stemmed_languages)
    if (low == one.code || low == one.name)
      return one.code;
  return {};
}

bool joins_words(std::string_view language) {
  constexpr std::array<std::string_view, 7> joining{"da", "de", "fi", "hu", "nl", "no", "sv"};
  return std::find(joining.begin(), joining.end(), language) != joining.end();
}

std::string as_part_of_joined(std::string_view stem) {
  const auto mark = std::min(stem.find('~'), stem.size());
  if (!joins_words(stem.substr(0, mark)))
    return {};
  return fmt::format("{}~{}", stem.substr(0, mark), stem.substr(mark));
}

stemmers::stemmers() : made_(stemmed_languages.size()) {}
stemmers::~stemmers() = default;

void stemmers::end_stemmer::operator()(sb_stemmer* one) const { sb_stemmer_delete(one); }

std::string stemmers::stem(std::string_view word, std::string_view language) {
  const auto index = index_of(language);
  return index < made_.size() ? stem_in(word, index) : std::string{};
}

std::vector<std::string> stemmers::all(std::string_view word) {
  std::vector<std::string> found;
  for (std::size_t index = 0; index < made_.size(); ++index)
    if (auto stem = stem_in(word, index); !stem.empty())
      found.push_back(std::move(stem));
  return found;
}

std::string stemmers::stem_in(std::string_view word, std::size_t language) {
  const auto& rules = stemmed_languages.at(language);
  if (!is_written_in(word, rules))
    return {};
  auto& one = made_[language];
  if (!one)
    one.reset(sb_stemmer_new(std::string{rules.name}.c_str(), "UTF_8"));
  MILLRACE_CHECK(one != nullptr);
  const auto* stem = sb_stemmer_stem(one.get(), reinterpret_cast<const sb_symbol*>(word.data()),
                                     static_cast<int>(word.size()));
  MILLRACE_CHECK(stem != nullptr);
  const std::string_view bytes{reinterpret_cast<const char*>(stem),
                               static_cast<std::size_t>(sb_stemmer_length(one.get()))};
  auto plain = without_diacritics(bytes);
  return plain.empty() ? plain : std::string{rules.code} + "~" + plain;
}

}  // namespace millrace::ingest::search
