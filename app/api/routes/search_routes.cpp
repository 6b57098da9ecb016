#include "app/api/routes/routes.hpp"
#include "base/text_line.hpp"
#include "ingest/store/document_store.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace millrace::app::api {
namespace {

using nlohmann::json;

constexpr std::size_t default_hits = 5;
constexpr std::size_t most_hits = 1000;

struct question {
  std::string query;
  std::size_t top = default_hits;
};

question read_question(const call& in) {
  const auto body = json::parse(in.asked().body, nullptr, /*allow_exceptions=*/false);
  const auto refuse = [](const char* why) {
    throw bad_request(why, R"(send {"query": "what to look for", "top": 5})");
  };
  if (!body.is_object() || !body.contains("query") || !body["query"].is_string())
    refuse("the body is no JSON object with a text `query`");
  for (const auto& [name, unused] : body.items())
    if (name != "query" && name != "top")
      throw bad_request(fmt::format("the body has a member `{}`", one_line(name, 40)),
                        R"(send {"query": "what to look for", "top": 5})");
  question read{.query = body["query"].get<std::string>()};
  if (read.query.find_first_not_of(" \t\r\n") == std::string::npos)
    refuse("`query` is empty");
  if (!body.contains("top"))
    return read;
  const auto& top = body["top"];
  if (!top.is_number_integer() || top < 1 || top > most_hits)
    refuse("`top` is no whole number from 1 to 1000");
  read.top = top.get<std::size_t>();
  return read;
}

ingest::vector embed(const call& in, const ingest::embedder& with, std::string_view query) {
  const std::array texts{query};
  auto answer = with.embed(texts, {in.around().time.now(), in.around().ending});
  if (auto* made = std::get_if<ingest::embedded>(&answer))
    return std::move(made->vectors.front());
  const auto* refused = std::get_if<pipeline::reject>(&answer);
  throw problem{refused != nullptr ? 400 : 503, "EMBEDDER_FAILED", "cannot search",
                refused != nullptr ? refused->why : "the embedder does not answer",
                "try again later, or ask in other words"};
}

}  // namespace

response search(call& in) {
  in.require_unbound("a search reads the documents of all owners, and the token is bound");
  const auto asked = read_question(in);
  const auto embedder = in.around().embedder();
  const auto wanted = embed(in, *embedder, asked.query);
  return in.with_database([&](storage::connection& on) {
    return view_response(hit_list{ingest::search(on, embedder->name(), wanted, asked.top)});
  });
}

}  // namespace millrace::app::api
