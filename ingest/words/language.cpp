#include "ingest/words/language.hpp"

#include "base/unicode/utf8.hpp"
#include "ingest/chunk/words.hpp"
#include "ingest/words/fold.hpp"
#include "ingest/words/stemmer.hpp"

#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <vector>

namespace millrace::ingest::search {
namespace {

constexpr std::size_t bytes_looked_at = 4096;

struct frequent_words {
  std::string_view language;
  /// Between blanks, without diacritics.
  std::string_view words;
};

constexpr std::array frequent{
    frequent_words{"ca", "amb els les dels per una que es al aquest aquesta i del seva mes pero"},
    frequent_words{"da", "og er det en af at til ikke paa med den der som et af jeg har blev fra"},
    frequent_words{
        "de", "der die und das ist nicht ein eine mit den dem von zu auf fur im sich werden wird"},
    frequent_words{"en", "the and of to is in that it with for be are was on not this by or as"},
    frequent_words{"es", "el los las del que una es por con para se su como en y al mas pero"},
    frequent_words{"eu", "eta da ez bat du dira izan ere dute baina hau zen egin den"},
    frequent_words{"fi", "ja on ei se etta oli ovat mutta joka kun tai myos ole han sen jos"},
    frequent_words{"fr", "le les des et est une que dans pour qui pas sur avec au du il ce plus"},
    frequent_words{"ga", "agus an na ar go sa ag ata leis don bhi seo ach"},
    frequent_words{"hu", "az es hogy nem egy van is ez meg csak de volt ha mint vagy"},
    frequent_words{"id", "yang dan di dengan untuk ini itu dari tidak pada dalam adalah ke akan"},
    frequent_words{"it",
                   "il che di non della per una con sono del gli anche nel alla questo piu e"},
    frequent_words{"lt", "ir yra kad tai su bet is i kaip ar buvo jis nuo iki"},
    frequent_words{"nl", "de het een en van niet dat op te zijn met voor er aan ook wordt die is"},
    frequent_words{"no", "og er det en av at til ikke pa med den som et jeg har ble fra de"},
    frequent_words{"pt", "o os as do da que nao uma em para com por no na se mais como e ao"},
    frequent_words{"ro", "si in este de la cu nu ca pe din care sa un mai sau pentru"},
    frequent_words{"sv", "och att det ar en som inte pa av for med den till ett har jag var fran"},
    frequent_words{"tr", "ve bir bu icin ile da de cok gibi ne daha var olarak mi degil"},
    frequent_words{"hi", "है के में का की और से को हैं यह पर नहीं"},
    frequent_words{"ne", "छ को र मा छन् ले हो पनि यो लागि गर्न भएको"},
    frequent_words{"ru", "и в не на что с это как но по для из от был его"},
    frequent_words{"sr", "и је у да се на са за су од није као који"},
    // These have no stems; their texts are not those of another language.
    frequent_words{"", "і в не на що з це як та до для від його або є"},
    frequent_words{"", "и в не на че с това като но от за са се да по"},
    frequent_words{"", "w i nie na sie ze z do jest to o jak ale po przez"},
    frequent_words{"", "a je se na v ze s to do za pro jako ale by nebo jsou"},
};

template <class Use>
void each_word_of(std::string_view list, Use use) {
  while (!list.empty()) {
    const auto end = std::min(list.find(' '), list.size());
    use(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

/// The lists that have each word.
using word_lists = std::map<std::string_view, std::set<std::size_t>, std::less<>>;

const word_lists& lists_of_words() {
  static const auto lists = [] {
    word_lists made;
    for (std::size_t n = 0; n < frequent.size(); ++n)
      each_word_of(frequent[n].words, [&](std::string_view word) { made[word].insert(n); });
    return made;
  }();
  return lists;
}

/// By frequent words: each speaks for its language, and less where several have it.
std::string language_of_words(std::string_view text) {
  constexpr double least = 1.0;
  constexpr double lead = 1.4;
  std::array<double, frequent.size()> scores{};
  std::set<std::string> seen;
  word_reader reader{text};
  while (reader.next()) {
    const auto word = fold(reader.word()).plain;
    const auto found = lists_of_words().find(word);
    if (found == lists_of_words().end())
      continue;
    // A word that is repeated says little more.
    const double weight = seen.insert(word).second ? 1.0 : 0.25;
    for (const auto list : found->second)
      scores[list] += weight / static_cast<double>(found->second.size());
  }
  auto order = scores;
  std::partial_sort(order.begin(), order.begin() + 2, order.end(), std::greater<>{});
  if (order[0] < least || order[0] < lead * order[1])
    return {};
  const auto best = std::find(scores.begin(), scores.end(), order[0]) - scores.begin();
  return std::string{frequent.at(static_cast<std::size_t>(best)).language};
}

/// The letters of a text.
struct letter_counts {
  std::map<UScriptCode, std::size_t> scripts{};
  std::size_t all = 0;
  std::set<char32_t> seen{};

  bool has_any(std::u32string_view of) const {
    return std::any_of(of.begin(), of.end(), [&](char32_t c) { return seen.contains(c); });
  }
};

letter_counts count_letters(std::string_view text) {
  letter_counts made;
  for (std::size_t at = 0; at < text.size();) {
    const auto next = utf8::decode(text, at);
    at += next.size;
    UErrorCode status = U_ZERO_ERROR;
    const auto script = uscript_getScript(static_cast<UChar32>(next.code), &status);
    if (!next.valid || script == USCRIPT_COMMON || script == USCRIPT_INHERITED)
      continue;
    ++made.scripts[script];
    ++made.all;
    if (script == USCRIPT_ARABIC || script == USCRIPT_CYRILLIC)
      made.seen.insert(next.code);
  }
  return made;
}

std::string guess(std::string_view text) {
  const auto letters = count_letters(text);
  const auto most =
      std::max_element(letters.scripts.begin(), letters.scripts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most == letters.scripts.end() || most->second * 2 <= letters.all)
    return {};
  switch (most->first) {
    case USCRIPT_ARABIC:
      // Letters of Persian and Urdu.
      return letters.has_any(U"\u067E\u0686\u0698\u06AF\u06A9\u06CC\u0679\u0688\u0691\u06D2")
                 ? ""
                 : "ar";
    case USCRIPT_GREEK:
      return "el";
    case USCRIPT_ARMENIAN:
      return "hy";
    case USCRIPT_TAMIL:
      return "ta";
    case USCRIPT_CYRILLIC:
      if (letters.has_any(U"ђјљњћџ"))
        return "sr";
      // Letters of Russian that its neighbours do not have, and of these.
      if (letters.has_any(U"іїєґўѓќѕ"))
        return {};
      return letters.has_any(U"ыэё") ? "ru" : language_of_words(text);
    case USCRIPT_LATIN:
    case USCRIPT_DEVANAGARI:
      return language_of_words(text);
    default:
      return {};
  }
}

}  // namespace

std::string language_of(std::string_view declared, std::string_view text) {
  if (const auto code = stemmed_language(declared); !code.empty())
    return std::string{code};
  return guess(text.substr(0, bytes_looked_at));
}

}  // namespace millrace::ingest::search
