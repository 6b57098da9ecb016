#include "app/api/access.hpp"
#include "app/api/routes/routes.hpp"
#include "storage/access/tokens.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace millrace::app::api {
namespace {

/// The member of the body, where it has only that one; empty otherwise.
std::string only_member(const nlohmann::json& body, std::string_view name) {
  const bool is_that =
      body.is_object() && body.size() == 1 && body.contains(name) && body.begin()->is_string();
  return is_that ? body.begin()->get<std::string>() : std::string{};
}

}  // namespace

response open_session(call& in) {
  const auto body = nlohmann::json::parse(in.asked().body, nullptr, /*allow_exceptions=*/false);
  const auto token = only_member(body, "token");
  const auto link = only_member(body, "link");
  if (token.empty() && link.empty())
    throw bad_request("its body is neither a token nor a link",
                      R"(send {"token": "mr_..."}, or {"link": "..."} of `millrace console`)");
  auto& access = in.around().access;
  const auto made = token.empty() ? access.sign_in_by_link(in.asked(), link)
                                  : access.sign_in_by_token(in.asked(), token);
  auto answer = view_response(made.holder, 201);
  answer.headers.emplace_back("Set-Cookie", made.cookie);
  return answer;
}

response get_session(call& in) { return view_response(in.holder()); }

response close_session(call& in) {
  return {.status = 204, .headers = {{"Set-Cookie", in.around().access.sign_out(in.asked())}}};
}

}  // namespace millrace::app::api
