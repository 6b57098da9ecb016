#include "app/commands/search_explanations.hpp"

#include "app/terminal/table.hpp"
#include "storage/history/job_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace millrace::app {

void print_explanation(const ingest::search_explanation& why, style as) {
  print("{}{}{}\n", why.source_path.empty() ? why.document_name : why.source_path,
        why.document_id.empty() ? "" : ", document ", why.document_id);
  print("  why: {}\n", why.why);
  if (!why.next.empty())
    print("  next: {}\n", why.next);
  if (why.words.empty())
    return;
  table out{
      {{.title = "WORD"}, {.title = "AS"}, {.title = "CHUNKS", .right = true}, {.title = "THERE"}},
      {}};
  for (const auto& one : why.words)
    out.rows.push_back(
        {one.word, one.as, fmt::to_string(one.chunks), one.is_in_document ? "yes" : "no"});
  print_table(out, as);
}

std::string to_json(const std::vector<ingest::search_explanation>& all) {
  auto made = nlohmann::ordered_json::array();
  for (const auto& one : all) {
    auto words = nlohmann::ordered_json::array();
    for (const auto& word : one.words)
      words.push_back({{"word", word.word},
                       {"as", word.as},
                       {"chunks", word.chunks},
                       {"in_document", word.is_in_document}});
    made.push_back({{"document_id", one.document_id},
                    {"document_name", one.document_name},
                    {"source_path", one.source_path},
                    {"rank", one.rank},
                    {"answers", one.answers},
                    {"score", one.score},
                    {"best_score", one.best_score},
                    {"why", one.why},
                    {"next", one.next},
                    {"words", std::move(words)}});
  }
  return storage::in_lines(made) + '\n';
}

}  // namespace millrace::app
