#include "ingest/search/search.hpp"

#include "app/commands/answers.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/jobs/records.hpp"
#include "app/commands/meaning.hpp"
#include "app/commands/search_explanations.hpp"
#include "app/commands/session.hpp"
#include "app/services.hpp"
#include "app/terminal/terminal.hpp"
#include "ingest/search/ask_meaning.hpp"
#include "ingest/search/explain_search.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace millrace::app {
namespace {

namespace po = boost::program_options;

constexpr auto search_help = R"(
One answer a document, the best first. Words count more the rarer they are; "several words" have to
stand beside each other, +word has to be there, -word must not.
In a pipe: one line an answer, cells separated by tabs: score, document, headings, position in the
document, bytes in its text, and the text in one line.

Examples:
  millrace search "what does the poller do" -k 3
  millrace search '"single row mode" -cursor' --chunks
  millrace search lease --path docs/ --json
  millrace search lease --explain docs/scaling.md
)";

void declare_search(po::options_description_easy_init add) {
  add("top,k", po::value<std::int64_t>()->value_name("N")->default_value(5), "so many at most");
  add("chunks", "all chunks that answer, not the best of each document");
  add("owner", po::value<std::string>()->value_name("NAME"), "only documents of this owner");
  add("path", po::value<std::string>()->value_name("BEGINNING"),
      "only documents whose path begins so");
  add("type", po::value<std::string>()->value_name("MEDIA_TYPE"),
      "only documents of this type, for instance application/pdf");
  add("collection", po::value<std::string>()->value_name("NAME"),
      "only documents of this collection");
  add("tag", po::value<std::string>()->value_name("TAG"), "only documents with this tag");
  add("explain", po::value<std::string>()->value_name("DOCUMENT"),
      "why this document (an id or a path) is an answer, or is not");
  add("json", "print a JSON document, with the whole text");
}

/// What an answer may lack, on the error stream.
void tell_not_indexed(storage::connection& on) {
  const auto count = ingest::count_not_indexed(on);
  if (count > 0)
    complain("{} ingested by an earlier version, and cannot be found by words: millrace reindex\n",
             count == 1 ? "1 document was" : fmt::format("{} documents were", count));
}

exit_code explain(const invocation& call, storage::connection& on,
                  const ingest::search_request& request) {
  const auto found =
      ingest::explain_search(on, request, call.text("explain"), path_option(call, "explain"));
  if (call.has("json"))
    print_page(to_json(found));
  else
    for (const auto& one : found)
      print_explanation(one, choose_style(false));
  return exit_code::well;
}

exit_code run_search(const invocation& call) {
  const auto& query = call.arguments.front();
  if (query.find_first_not_of(" \t\r\n") == std::string::npos)
    throw bad_usage("cannot search", "the query is empty", "say what to look for");
  const auto embedder = make_embedder(call.config.values, call.machine_time).worker;
  const ingest::search_request request{
      .query = query,
      .top = static_cast<std::size_t>(count_option(call, "top")),
      .of = {.owner = call.text("owner"),
             .media_type = call.text("type"),
             .path = call.text("path"),
             .collection = call.text("collection"),
             .tag = call.text("tag")},
      .is_per_document = !call.has("chunks"),
      .meant = embedder->knows_meanings() ? std::optional{meaning_of(call, *embedder, query)}
                                          : std::nullopt};
  const auto on = open_existing(call);
  if (call.has("explain"))
    return explain(call, *on, request);
  const auto hits = ingest::search_chunks(*on, request);
  tell_not_indexed(*on);
  const auto as = choose_style(call.has("json"));
  if (as == style::json)
    print_page(to_json(hits));
  else if (hits.empty())
    complain("no document answers: none has these words\n");
  else if (as == style::aligned)
    print_stretches(answers_page(*on, hits, terminal_width()));
  else
    print_table(hit_table(hits), as);
  return exit_code::well;
}

}  // namespace

ingest::meaning meaning_of(const invocation& call, const ingest::embedder& with,
                           std::string_view query) {
  auto answer = ingest::ask_meaning(with, query, {call.time.now(), {}});
  if (auto* known = std::get_if<ingest::meaning>(&answer))
    return std::move(*known);
  auto& missing = std::get<ingest::unanswered>(answer);
  throw error{
      exit_code::no, "cannot search", std::move(missing.why),
      missing.is_refused ? "read the service's message, or ask in other words" : "try again later"};
}

command search_command() {
  return {"search",
          "Find the documents that answer a question best.",
          "QUERY",
          1,
          1,
          search_help,
          declare_search,
          run_search};
}

}  // namespace millrace::app
