#include "app/api/routes.hpp"
#include "app/commands/submit/job_fields.hpp"
#include "base/iso8601.hpp"
#include "storage/access/tokens.hpp"

#include <fmt/format.h>

#include <utility>

namespace millrace::app::api {
namespace {

using json = nlohmann::ordered_json;

json document_of(const storage::access_token& token) {
  const auto or_null = [](const std::string& text) { return text.empty() ? json() : json(text); };
  return {{"name", token.name},
          {"role", to_string(token.role)},
          {"owner", or_null(token.owner)},
          {"tenant", or_null(token.tenant)},
          {"pipeline", or_null(token.pipeline)},
          {"created_at", to_iso8601_us(token.created_at)},
          {"created_by", token.created_by},
          {"expires_at", token.expires_at ? json(to_iso8601_us(*token.expires_at)) : json()}};
}

std::string label(const char* what, const std::string& text) {
  try {
    return text.empty() ? text : read_label(what, text);
  } catch (const bad_field& bad) {
    throw bad_request(bad.what(), "give another one");
  }
}

}  // namespace

response list_tokens(call& in) {
  return in.with_database([&](storage::connection& on) {
    auto all = json::array();
    for (const auto& one : storage::list_tokens(on))
      all.push_back(document_of(one));
    return json_response({{"tokens", std::move(all)}});
  });
}

response create_token(call& in) {
  const auto now = in.around().time.now();
  storage::access_token token{.name = label("name", in.text("name")),
                              .role = storage::parse_access_role(in.text("role")).value(),
                              .owner = label("owner", in.text("owner")),
                              .tenant = label("tenant", in.text("tenant")),
                              .pipeline = label("pipeline", in.text("pipeline")),
                              .created_at = now,
                              .created_by = in.by(),
                              .expires_at = {}};
  if (in.has("expires"))
    token.expires_at = now + in.wait("expires");
  const auto secret = storage::make_token_secret();
  return in.with_database([&](storage::connection& on) {
    if (!storage::add_token(on, token, secret))
      throw problem{409, "TOKEN_EXISTS", "no token was made",
                    fmt::format("there is one named `{}`", token.name),
                    "choose another name, or revoke that one"};
    auto document = document_of(token);
    document["secret"] = secret;
    return json_response(document, 201);
  });
}

response revoke_token(call& in) {
  const auto& name = in.part("name");
  return in.with_database([&](storage::connection& on) -> response {
    if (!storage::revoke_token(on, name))
      throw not_found(fmt::format("there is no token named `{}`", name),
                      "GET /v1/tokens lists them");
    return {204, "", ""};
  });
}

}  // namespace millrace::app::api
