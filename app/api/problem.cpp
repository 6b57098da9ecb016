#include "app/api/problem.hpp"

#include "actors/inspector/client/connect.hpp"
#include "app/api/views/views.hpp"
#include "app/commands/view_fields.hpp"
#include "app/error.hpp"
#include "base/log.hpp"
#include "storage/db/error.hpp"
#include "storage/history/job_json.hpp"

namespace millrace::app::api {
namespace {

problem from_storage(const storage::error& failure) {
  const bool passes = failure.kind() != storage::error_kind::permanent;
  problem made{503, passes ? "DATABASE_UNAVAILABLE" : "DATABASE_REFUSED", failure.summary(),
               failure.why(), failure.next()};
  return passes ? std::move(made).with("Retry-After", "1") : made;
}

}  // namespace

net::outgoing_response problem::answer() const {
  const problem_view view{
      .title = title_, .status = status_, .code = code_, .detail = why_, .next = next_};
  net::outgoing_response made{
      .status = status_, .headers = headers_, .body = storage::in_one_line(fields_of(view))};
  made.headers.emplace_back("Content-Type", "application/problem+json");
  return made;
}

problem bad_request(std::string why, std::string next) {
  return {400, "PARAMETER_INVALID", "the request cannot be used", std::move(why), std::move(next)};
}

problem not_found(std::string why, std::string next) {
  return {404, "NOT_FOUND", "there is no such thing", std::move(why), std::move(next)};
}

problem token_bound(std::string why, std::string next) {
  return {403, "TOKEN_BOUND", "the token does not reach that far", std::move(why), std::move(next)};
}

net::outgoing_response answer_failure(const std::exception& failure) {
  if (const auto* known = dynamic_cast<const problem*>(&failure))
    return known->answer();
  if (const auto* database = dynamic_cast<const storage::error*>(&failure))
    return from_storage(*database).answer();
  if (const auto* lonely = dynamic_cast<const actors::attach_error*>(&failure))
    return problem{503, "NO_RUNTIME", lonely->summary(), lonely->why(), lonely->next()}.answer();
  if (const auto* said = dynamic_cast<const app::error*>(&failure))
    return problem{said->code() == exit_code::usage ? 400 : 409,
                   said->code() == exit_code::usage ? "PARAMETER_INVALID" : "REFUSED",
                   said->summary(), said->why(), said->next()}
        .answer();
  log_event(log_level::error, "REQUEST_FAILED", {{"why", failure.what()}});
  return problem{500, "REQUEST_FAILED", "the request failed",
                 "the server has a fault; its log says which (REQUEST_FAILED)",
                 "try again, and report it if it stays"}
      .answer();
}

}  // namespace millrace::app::api
