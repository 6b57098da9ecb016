#include "ingest/search/candidates.hpp"

#include "storage/db/json_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string_view>
#include <utility>

namespace millrace::ingest::search {
namespace {

using storage::dialect;

/// A word that more chunks have tells nothing about each.
constexpr std::int64_t counted_at_most = 100'000;
/// Chunks that the database ranks for one search.
constexpr std::int64_t ranked_at_most = 3'000;

/// The language of FTS5, or that of tsquery.
class expression {
 public:
  explicit expression(dialect in) : is_sqlite_(in == dialect::sqlite) {}

  std::string any_of(const query::word& word) const {
    std::vector<std::string> terms;
    for (const auto& one : word.alternatives)
      terms.push_back(quoted(one.term));
    return joined(terms, is_sqlite_ ? " OR " : " | ");
  }
  std::string any_of(const std::vector<std::string>& of) const {
    return joined(of, is_sqlite_ ? " OR " : " | ");
  }
  std::string all_of(const std::vector<std::string>& of) const {
    return joined(of, is_sqlite_ ? " AND " : " & ");
  }
  std::string without(const std::string& these, const std::string& those) const {
    return fmt::format("({}{}{})", these, is_sqlite_ ? " NOT " : " & !", those);
  }

 private:
  std::string quoted(std::string_view term) const {
    const char quote = is_sqlite_ ? '"' : '\'';
    std::string made{quote};
    for (const char c : term) {
      if (c == quote || (c == '\\' && !is_sqlite_))
        made += c;
      made += c;
    }
    return made + quote;
  }
  static std::string joined(const std::vector<std::string>& of, std::string_view by) {
    return fmt::format("({})", fmt::join(of, by));
  }

  bool is_sqlite_;
};

/// The optional words that are looked for: the rarest, as long as few enough chunks have them.
std::set<std::size_t> chosen_words(const query& asked, const corpus_figures& all) {
  std::vector<std::size_t> rarest;
  for (std::size_t n = 0; n < asked.words.size(); ++n)
    if (asked.words[n].as == query::role::optional && all.with_word[n] > 0)
      rarest.push_back(n);
  std::stable_sort(rarest.begin(), rarest.end(),
                   [&](auto a, auto b) { return all.with_word[a] < all.with_word[b]; });
  std::set<std::size_t> chosen;
  std::int64_t chunks = 0;
  for (const auto n : rarest) {
    chunks += all.with_word[n];
    if (!chosen.empty() && chunks > ranked_at_most)
      break;
    chosen.insert(n);
  }
  return chosen;
}

using candidate_rows =
    storage::statement<std::string, std::string, std::string, std::string, std::string, std::string,
                       std::int64_t, std::string, std::int64_t, std::int64_t, std::string,
                       std::string, std::int64_t, std::int64_t, std::string, std::string,
                       std::string>;

candidate_rows& prepared_candidates(storage::connection& on, std::string_view name) {
  return on
      .prepared<std::string, std::string, std::string, std::string, std::string, std::string,
                std::int64_t, std::string, std::int64_t, std::int64_t, std::string, std::string,
                std::int64_t, std::int64_t, std::string, std::string, std::string>(name);
}

template <class Use>
void read(candidate_rows& rows, Use use) {
  rows.each([&](const std::string& language, const std::string& title, const std::string& name,
                const std::string& source_path, const std::string& document_id,
                const std::string& chunk_id, std::int64_t ord, const std::string& heading_path,
                std::int64_t byte_begin, std::int64_t byte_end, const std::string& text,
                const std::string& sha256, std::int64_t first_page, std::int64_t last_page,
                const std::string& boxes, const std::string& owner, const std::string& type) {
    use(candidate{language,
                  title,
                  name,
                  source_path,
                  document_id,
                  owner,
                  type,
                  {chunk_id, ord, heading_path, byte_begin, byte_end, text, sha256, first_page,
                   last_page, boxes}});
  });
}

struct plan {
  /// Empty where nothing can be found.
  std::string match;
  /// Words that count, each with its weight.
  std::vector<std::pair<std::string, double>> weighed;
};

plan plan_of(const query& asked, const corpus_figures& all, const expression& in) {
  const auto chosen = chosen_words(asked, all);
  std::vector<std::string> required;
  std::vector<std::string> counted;
  std::vector<std::string> excluded;
  plan made;
  for (std::size_t n = 0; n < asked.words.size(); ++n) {
    const auto& word = asked.words[n];
    const auto text = in.any_of(word);
    if (word.as == query::role::excluded) {
      // The places of a phrase are not known to the index.
      if (word.phrase == 0)
        excluded.push_back(text);
      continue;
    }
    if (word.as == query::role::required)
      required.push_back(text);
    else if (!chosen.contains(n))
      continue;
    counted.push_back(text);
    made.weighed.emplace_back(text, weight_of_word(all, n) * word.weight);
  }
  if (counted.empty())
    return {};
  made.match = in.any_of(counted);
  if (!required.empty())
    made.match = in.all_of({in.all_of(required), made.match});
  if (!excluded.empty())
    made.match = in.without(made.match, in.any_of(excluded));
  return made;
}

}  // namespace

corpus_figures count_words(storage::connection& on, const query& asked) {
  const expression in{on.dialect()};
  corpus_figures all;
  all.chunks = std::get<0>(on.prepared<std::int64_t>("count_chunk_entries").first().value());
  for (const auto& word : asked.words)
    all.with_word.push_back(std::get<0>(on.prepared<std::int64_t>("count_chunks_with")
                                            .with("query", in.any_of(word))
                                            .with("limit", counted_at_most)
                                            .first()
                                            .value()));
  return all;
}

std::vector<candidate> find_candidates(storage::connection& on, const query& asked,
                                       const corpus_figures& all, const filter& of,
                                       std::size_t limit) {
  std::vector<candidate> found;
  const auto by = plan_of(asked, all, expression{on.dialect()});
  if (by.match.empty())
    return found;
  auto& statement = prepared_candidates(on, "chunks_with");
  if (on.dialect() == dialect::postgres) {
    storage::json_list words;
    for (const auto& [text, weight] : by.weighed) {
      storage::json_list word;
      word.add(text);
      word.add(fmt::format("{}", weight));
      words.add(word);
    }
    statement.with("words", words.finish());
  }
  bind(statement, of).with("query", by.match).with("limit", limit);
  read(statement, [&](candidate one) { found.push_back(std::move(one)); });
  return found;
}

std::optional<candidate> find_candidate(storage::connection& on, const std::string& document_id,
                                        std::int64_t ord) {
  std::optional<candidate> found;
  read(prepared_candidates(on, "found_chunk").with("document", document_id).with("ord", ord),
       [&](candidate one) { found = std::move(one); });
  return found;
}

}  // namespace millrace::ingest::search
