#include "app/commands/commands.hpp"
#include "app/commands/jobs/records.hpp"
#include "app/commands/session.hpp"
#include "app/services.hpp"
#include "app/terminal/terminal.hpp"

#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>

#include <array>
#include <string_view>
#include <variant>

namespace millrace::app {
namespace {

namespace po = boost::program_options;

constexpr auto search_help = R"(
In a pipe: one line a chunk, cells separated by tabs: score, document, headings, position in the
document, bytes in its text, and the text in one line.

Examples:
  millrace search "what does the poller do" -k 3
  millrace search lease --json
)";

void declare_search(po::options_description_easy_init add) {
  add("top,k", po::value<std::int64_t>()->value_name("N")->default_value(5), "so many at most");
  add("json", "print a JSON document, with the whole text");
}

ingest::vector embed(const ingest::embedder& with, std::string_view query, time_point now) {
  const std::array texts{query};
  auto answer = with.embed(texts, {now, {}});
  if (auto* made = std::get_if<ingest::embedded>(&answer))
    return std::move(made->vectors.front());
  if (auto* refused = std::get_if<pipeline::reject>(&answer))
    throw error{exit_code::no, "cannot search", std::move(refused->why),
                "read the service's message, or ask in other words"};
  auto* failed = std::get_if<pipeline::retry>(&answer);
  throw error{exit_code::no, "cannot search",
              failed != nullptr ? std::move(failed->why) : std::get<pipeline::snooze>(answer).why,
              "try again later"};
}

exit_code run_search(const invocation& call) {
  const auto& query = call.arguments.front();
  if (query.find_first_not_of(" \t\r\n") == std::string::npos)
    throw bad_usage("cannot search", "the query is empty", "say what to look for");
  const auto count = static_cast<std::size_t>(count_option(call, "top"));
  const auto on = open_existing(call);
  const auto embedder = make_embedder(call.config.values, call.machine_time).worker;
  const auto hits =
      ingest::search(*on, embedder->name(), embed(*embedder, query, call.time.now()), count);
  if (const auto as = choose_style(call.has("json")); as == style::json)
    print_page(to_json(hits));
  else
    print_table(hit_table(hits), as);
  return exit_code::well;
}

}  // namespace

command search_command() {
  return {"search",
          "Find the chunks of documents that answer a question best.",
          "QUERY",
          1,
          1,
          search_help,
          declare_search,
          run_search};
}

}  // namespace millrace::app
