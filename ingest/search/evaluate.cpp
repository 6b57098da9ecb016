#include "ingest/search/evaluate.hpp"

#include "base/error.hpp"
#include "base/unicode/ascii.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace millrace::ingest::search {
namespace {

using nlohmann::json;

constexpr auto blanks = " \t\r";

judged_question of_json(std::string_view line) {
  const auto read = json::parse(line, nullptr, /*allow_exceptions=*/false);
  judged_question made;
  if (!read.is_object() || !read.contains("query") || !read["query"].is_string() ||
      !read.contains("documents") || !read["documents"].is_array())
    return made;
  made.query = read["query"].get<std::string>();
  for (const auto& one : read["documents"])
    if (one.is_string() && !one.get<std::string>().empty())
      made.right.push_back(one.get<std::string>());
  return made;
}

judged_question of_columns(std::string_view line) {
  const auto tab = line.find('\t');
  judged_question made;
  if (tab == std::string_view::npos)
    return made;
  made.query = line.substr(0, tab);
  auto rest = line.substr(tab + 1);
  while (!rest.empty()) {
    const auto end = std::min(rest.find(','), rest.size());
    if (const auto one = without_ends(rest.substr(0, end), blanks); !one.empty())
      made.right.emplace_back(one);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return made;
}

/// The positions, from 0, of the right documents among the first ten.
std::vector<std::size_t> ranks_of(const judged_question& question,
                                  const std::vector<found_document>& found) {
  std::vector<std::size_t> ranks;
  for (std::size_t n = 0; n < std::min(found.size(), judged_depth); ++n)
    if (is_right(question, found[n]))
      ranks.push_back(n);
  return ranks;
}

double gain_at(std::size_t rank) { return 1 / std::log2(static_cast<double>(rank) + 2); }

void count(quality& all, const judged_question& question, const std::vector<std::size_t>& ranks) {
  ++all.questions;
  if (ranks.empty())
    return;
  const auto first = ranks.front();
  all.recall_1 += first < 1 ? 1 : 0;
  all.recall_3 += first < 3 ? 1 : 0;
  all.recall_5 += first < 5 ? 1 : 0;
  all.recall_10 += first < 10 ? 1 : 0;
  all.reciprocal_rank += 1 / (static_cast<double>(first) + 1);
  double gain = 0;
  for (const auto rank : ranks)
    gain += gain_at(rank);
  double best = 0;
  for (std::size_t n = 0; n < std::min(question.right.size(), judged_depth); ++n)
    best += gain_at(n);
  // Two documents of one name are right where one was expected.
  all.ndcg_10 += std::min(1.0, gain / best);
}

}  // namespace

std::vector<judged_question> read_questions(std::string_view text) {
  std::vector<judged_question> all;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = without_ends(text.substr(0, end), blanks);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#')
      continue;
    auto one = line.front() == '{' ? of_json(line) : of_columns(line);
    if (one.query.empty() || one.right.empty())
      throw error{
          fmt::format("cannot read line {} of the questions", number),
          "the line has no query with documents",
          "write QUERY<tab>DOCUMENT[,DOCUMENT...], or a JSON object with `query` and a list "
          "`documents`"};
    all.push_back(std::move(one));
  }
  return all;
}

bool is_right(const judged_question& question, const found_document& document) {
  return std::any_of(question.right.begin(), question.right.end(), [&](const std::string& one) {
    return one == document.id || one == document.name || one == document.path ||
           (document.path.size() > one.size() && document.path.ends_with(one) &&
            document.path[document.path.size() - one.size() - 1] == '/');
  });
}

evaluation evaluate(
    const std::vector<judged_question>& questions,
    const std::function<std::vector<found_document>(const std::string& query)>& search) {
  evaluation made;
  for (const auto& one : questions) {
    auto found = search(one.query);
    const auto ranks = ranks_of(one, found);
    count(made.figures, one, ranks);
    if (ranks.empty() || ranks.front() >= 5)
      made.misses.push_back({one, std::move(found)});
  }
  const auto share = 1 / std::max(1.0, static_cast<double>(made.figures.questions));
  for (auto* figure :
       {&made.figures.recall_1, &made.figures.recall_3, &made.figures.recall_5,
        &made.figures.recall_10, &made.figures.reciprocal_rank, &made.figures.ndcg_10})
    *figure *= share;
  return made;
}

}  // namespace millrace::ingest::search
