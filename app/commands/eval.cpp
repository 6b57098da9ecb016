#include "app/commands/commands.hpp"
#include "app/commands/meaning.hpp"
#include "app/commands/session.hpp"
#include "app/services.hpp"
#include "app/terminal/table.hpp"
#include "app/terminal/terminal.hpp"
#include "ingest/files/read_file.hpp"
#include "ingest/search/evaluate.hpp"
#include "ingest/search/search.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace millrace::app {
namespace {

namespace po = boost::program_options;
namespace search = ingest::search;
using nlohmann::json;

constexpr auto eval_help = R"(
FILE has questions, one a line: the query, a tab, and the documents that answer it, separated by
commas; or JSON objects with `query` and a list `documents`. A document is a name, the end of a path
or an id. Each question is searched for by its words, by the vectors of the embedder, and by both.
With --baseline, the exit code is 1 where a figure is lower than in that earlier --json.

Examples:
  millrace eval questions.tsv
  millrace eval questions.tsv --json > now.json
  millrace eval questions.tsv --baseline now.json
)";

void declare_eval(po::options_description_easy_init add) {
  add("by", po::value<std::string>()->value_name("WHAT")->default_value("words,vectors,both"),
      "ways of searching, separated by commas");
  add("owner", po::value<std::string>()->value_name("NAME"), "only documents of this owner");
  add("misses", "show the questions without a right answer among the first five");
  add("baseline", po::value<std::string>()->value_name("FILE"), "compare with this earlier --json");
  add("json", "print a JSON document");
}

constexpr std::array<std::string_view, 3> ways{"words", "vectors", "both"};

struct measured {
  std::string way;
  search::evaluation result;
};

constexpr std::array<std::pair<const char*, double search::quality::*>, 6> figures{{
    {"recall_1", &search::quality::recall_1},
    {"recall_3", &search::quality::recall_3},
    {"recall_5", &search::quality::recall_5},
    {"recall_10", &search::quality::recall_10},
    {"mrr", &search::quality::reciprocal_rank},
    {"ndcg_10", &search::quality::ndcg_10},
}};

std::vector<std::string> chosen_ways(const invocation& call) {
  std::vector<std::string> chosen;
  const auto text = call.text("by");
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find(',', at), text.size());
    chosen.push_back(text.substr(at, end - at));
    if (std::find(ways.begin(), ways.end(), chosen.back()) == ways.end())
      throw bad_usage(fmt::format("cannot use --by {}", text),
                      fmt::format("there is no way `{}`", chosen.back()),
                      "the ways are words, vectors and both");
    at = end + 1;
  }
  return chosen;
}

search::evaluation measure(const invocation& call, storage::connection& on,
                           const ingest::embedder& embedder, const std::string& way,
                           const std::vector<search::judged_question>& questions) {
  return search::evaluate(questions, [&](const std::string& query) {
    ingest::search_request asked{.query = query,
                                 .top = search::judged_depth,
                                 .of = {.owner = call.text("owner")},
                                 .is_by_words = way != "vectors"};
    if (way != "words")
      asked.meant = meaning_of(call, embedder, query);
    std::vector<search::found_document> found;
    for (const auto& hit : ingest::search_chunks(on, asked))
      found.push_back({hit.document_id, hit.document_name, hit.source_path});
    return found;
  });
}

json to_document(const std::vector<measured>& all) {
  json made = json::object();
  for (const auto& [way, result] : all) {
    auto& one = made[way];
    one["questions"] = result.figures.questions;
    for (const auto& [name, figure] : figures)
      one[name] = result.figures.*figure;
    one["misses"] = json::array();
    for (const auto& miss : result.misses) {
      json found = json::array();
      for (const auto& document : miss.found)
        found.push_back(document.path);
      one["misses"].push_back({{"query", miss.question.query},
                               {"documents", miss.question.right},
                               {"found", std::move(found)}});
    }
  }
  return made;
}

table quality_table(const std::vector<measured>& all) {
  table out{{{.title = "BY"}, {.title = "QUESTIONS", .right = true}}, {}};
  for (const auto& [name, unused] : figures)
    out.columns.push_back({.title = name, .right = true});
  for (const auto& [way, result] : all) {
    std::vector<std::string> row{way, fmt::to_string(result.figures.questions)};
    for (const auto& [unused, figure] : figures)
      row.push_back(fmt::format("{:.3f}", result.figures.*figure));
    out.rows.push_back(std::move(row));
  }
  return out;
}

table miss_table(const measured& of) {
  table out{{{.title = "BY"},
             {.title = "QUERY", .elastic = true},
             {.title = "RIGHT", .elastic = true},
             {.title = "FOUND", .elastic = true}},
            {}};
  for (const auto& [question, found] : of.result.misses) {
    std::vector<std::string> names;
    for (const auto& one : found)
      names.push_back(one.name);
    out.rows.push_back({of.way, question.query, fmt::format("{}", fmt::join(question.right, ", ")),
                        fmt::format("{}", fmt::join(names, ", "))});
  }
  return out;
}

std::string read(const std::string& path) {
  auto text = ingest::read_file(path);
  if (!text)
    throw bad_usage(fmt::format("cannot read {}", path), std::generic_category().message(errno),
                    "name a file that can be read");
  return *std::move(text);
}

/// What is lower than it was.
std::vector<std::string> losses(const json& before, const json& now) {
  std::vector<std::string> lost;
  for (const auto& [way, one] : now.items())
    for (const auto& [name, unused] : figures) {
      const auto was = before.value(json::json_pointer{fmt::format("/{}/{}", way, name)}, 0.0);
      // Both have gone through text.
      if (const auto is = one[name].get<double>(); is < was - 1e-9)
        lost.push_back(fmt::format("{} by {}: {:.4f} before, {:.4f} now", name, way, was, is));
    }
  return lost;
}

exit_code run_eval(const invocation& call) {
  const auto questions = search::read_questions(read(call.arguments.front()));
  if (questions.empty())
    throw bad_usage("cannot evaluate", "the file has no questions",
                    "write one a line: the query, a tab, the documents");
  json before = json::object();
  if (call.has("baseline")) {
    before = json::parse(read(call.text("baseline")), nullptr, /*allow_exceptions=*/false);
    if (!before.is_object())
      throw bad_usage("cannot compare", "the baseline is no JSON object",
                      "make it with `millrace eval FILE --json`");
  }
  const auto embedder = make_embedder(call.config.values, call.machine_time).worker;
  const auto on = open_existing(call);
  std::vector<measured> all;
  for (const auto& way : chosen_ways(call))
    all.push_back({way, measure(call, *on, *embedder, way, questions)});
  const auto document = to_document(all);
  const auto as = choose_style(call.has("json"));
  if (as == style::json) {
    print_page(document.dump(2) + '\n');
  } else {
    print_table(quality_table(all), as);
    if (call.has("misses"))
      for (const auto& one : all)
        print_table(miss_table(one), as);
  }
  const auto lost = losses(before, document);
  for (const auto& one : lost)
    complain("{}\n", one);
  return lost.empty() ? exit_code::well : exit_code::no;
}

}  // namespace

command eval_command() {
  return {"eval",
          "Measure how well a search finds the documents that answer questions.",
          "FILE",
          1,
          1,
          eval_help,
          declare_eval,
          run_eval};
}

}  // namespace millrace::app
