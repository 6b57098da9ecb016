#include "app/api/routes/routes.hpp"
#include "pipeline/job_fields.hpp"
#include "storage/access/tokens.hpp"

#include <fmt/format.h>

#include <utility>

namespace millrace::app::api {
namespace {

constexpr auto about_tokens =
    "tokens may reach all owners, tenants and pipelines, and this one is bound";

std::string label(const char* what, const std::string& text) {
  try {
    return text.empty() ? text : pipeline::read_label(what, text);
  } catch (const pipeline::bad_field& bad) {
    throw bad_request(bad.what(), "give another one");
  }
}

}  // namespace

response list_tokens(call& in) {
  in.require_unbound(about_tokens);
  return in.with_database(
      [&](storage::connection& on) { return view_response(token_list{storage::list_tokens(on)}); });
}

response create_token(call& in) {
  in.require_unbound(about_tokens);
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
    return view_response(new_token_view{token, secret}, 201);
  });
}

response revoke_token(call& in) {
  in.require_unbound(about_tokens);
  const auto& name = in.part("name");
  return in.with_database([&](storage::connection& on) {
    if (!storage::revoke_token(on, name, in.by(), in.around().time.now()))
      throw not_found(fmt::format("there is no token named `{}`", name),
                      "GET /v1/tokens lists them");
    return response{.status = 204};
  });
}

}  // namespace millrace::app::api
