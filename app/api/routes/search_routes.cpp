#include "app/api/routes/routes.hpp"
#include "base/text_line.hpp"
#include "ingest/search/ask_meaning.hpp"
#include "ingest/search/search.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace millrace::app::api {
namespace {

using nlohmann::json;

constexpr std::size_t default_hits = 5;
constexpr std::size_t most_hits = 1000;

constexpr auto how_to_ask = R"(send {"query": "what to look for", "top": 5})";

/// The member as a text; empty where it is not there.
std::string text_of(const json& body, const char* name) {
  if (!body.contains(name))
    return {};
  if (!body[name].is_string())
    throw bad_request(fmt::format("`{}` is no text", name), how_to_ask);
  return body[name].get<std::string>();
}

ingest::search_request read_question(const call& in) {
  const auto body = json::parse(in.asked().body, nullptr, /*allow_exceptions=*/false);
  if (!body.is_object() || !body.contains("query") || !body["query"].is_string())
    throw bad_request("the body is no JSON object with a text `query`", how_to_ask);
  constexpr std::array<std::string_view, 8> members{
      "query", "top", "owner", "path", "media_type", "collection", "tag", "per_document"};
  for (const auto& [name, unused] : body.items())
    if (std::find(members.begin(), members.end(), name) == members.end())
      throw bad_request(fmt::format("the body has a member `{}`", one_line(name, 40)), how_to_ask);
  ingest::search_request read{.query = text_of(body, "query"),
                              .top = default_hits,
                              .of = {.owner = text_of(body, "owner"),
                                     .media_type = text_of(body, "media_type"),
                                     .path = text_of(body, "path"),
                                     .collection = text_of(body, "collection"),
                                     .tag = text_of(body, "tag")}};
  if (read.query.find_first_not_of(" \t\r\n") == std::string::npos)
    throw bad_request("`query` is empty", how_to_ask);
  if (body.contains("per_document")) {
    if (!body["per_document"].is_boolean())
      throw bad_request("`per_document` is neither true nor false", how_to_ask);
    read.is_per_document = body["per_document"].get<bool>();
  }
  if (!body.contains("top"))
    return read;
  const auto& top = body["top"];
  if (!top.is_number_integer() || top < 1 || top > most_hits)
    throw bad_request("`top` is no whole number from 1 to 1000", how_to_ask);
  read.top = top.get<std::size_t>();
  return read;
}

/// The owner of whom documents are searched: that of the token, where it is bound to one.
std::string owner_of(const call& in, const std::string& asked) {
  const auto& holder = in.holder();
  if (!holder.tenant.empty() || !holder.pipeline.empty())
    throw token_bound(
        "a search reads documents of owners, and the token is bound to a tenant or "
        "a pipeline",
        "use a token that is bound to an owner, or not bound");
  if (holder.owner.empty())
    return asked;
  if (!asked.empty() && asked != holder.owner)
    throw token_bound(fmt::format("its `owner` is `{}`", holder.owner),
                      "leave the owner out, or use another token");
  return holder.owner;
}

/// The question in the language of the embedder, where that one knows meanings.
std::optional<ingest::meaning> meaning_of(const call& in, std::string_view query) {
  const auto with = in.around().embedder();
  if (!with->knows_meanings())
    return std::nullopt;
  auto answer = ingest::ask_meaning(*with, query, {in.around().time.now(), in.around().ending});
  if (auto* known = std::get_if<ingest::meaning>(&answer))
    return std::move(*known);
  auto& missing = std::get<ingest::unanswered>(answer);
  throw problem{missing.is_refused ? 400 : 503, "EMBEDDER_FAILED", "cannot search",
                missing.is_refused ? std::move(missing.why) : "the embedder does not answer",
                "try again later, or ask in other words"};
}

}  // namespace

response search(call& in) {
  auto asked = read_question(in);
  asked.of.owner = owner_of(in, asked.of.owner);
  asked.meant = meaning_of(in, asked.query);
  return in.with_database([&](storage::connection& on) {
    return view_response(hit_list{ingest::search_chunks(on, asked)});
  });
}

}  // namespace millrace::app::api
