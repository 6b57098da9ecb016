#include "app/api/problem.hpp"

#include "app/error.hpp"
#include "base/log.hpp"
#include "storage/db/error.hpp"

#include <nlohmann/json.hpp>

namespace millrace::app::api {
namespace {

problem from_storage(const storage::error& failure) {
  const bool passes = failure.kind() != storage::error_kind::permanent;
  problem made{503, passes ? "DATABASE_UNAVAILABLE" : "DATABASE_REFUSED", failure.summary(),
               failure.why(), failure.next()};
  return passes ? std::move(made).with("Retry-After", "1") : made;
}

}  // namespace

response problem::answer() const {
  const nlohmann::ordered_json document{
      {"type", "about:blank"}, {"title", title_}, {"status", status_},
      {"code", code_},         {"detail", why_},  {"next", next_}};
  return {status_, "application/problem+json",
          document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), headers_};
}

problem bad_request(std::string why, std::string next) {
  return {400, "PARAMETER_INVALID", "the request cannot be used", std::move(why), std::move(next)};
}

problem not_found(std::string why, std::string next) {
  return {404, "NOT_FOUND", "there is no such thing", std::move(why), std::move(next)};
}

response answer_failure(const std::exception& failure) {
  if (const auto* known = dynamic_cast<const problem*>(&failure))
    return known->answer();
  if (const auto* database = dynamic_cast<const storage::error*>(&failure))
    return from_storage(*database).answer();
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
