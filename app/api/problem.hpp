#pragma once

#include "net/http/server/response.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Errors of the API: problem documents (RFC 9457) with a code, what happened, why, and what next.
namespace millrace::app::api {

/// Ends a request with a problem document.
class problem : public std::runtime_error {
 public:
  problem(int status, std::string_view code, std::string title, std::string why,
          std::string next = {})
      : std::runtime_error(title),
        status_(status),
        code_(code),
        title_(std::move(title)),
        why_(std::move(why)),
        next_(std::move(next)) {}

  /// A header that the answer has, too: Retry-After, Allow.
  problem with(std::string name, std::string value) && {
    headers_.emplace_back(std::move(name), std::move(value));
    return std::move(*this);
  }

  int status() const { return status_; }
  net::outgoing_response answer() const;

 private:
  int status_;
  std::string code_;
  std::string title_;
  std::string why_;
  std::string next_;
  std::vector<std::pair<std::string, std::string>> headers_;
};

/// 400 PARAMETER_INVALID.
problem bad_request(std::string why, std::string next);
/// 404 NOT_FOUND.
problem not_found(std::string why, std::string next);

/// 403 TOKEN_BOUND.
problem token_bound(std::string why, std::string next);

/// What an exception of a request becomes: the database's trouble and a runtime that is not there
/// are 503, with Retry-After where that may help, a wrong argument 400, anything else 500.
net::outgoing_response answer_failure(const std::exception& failure);

}  // namespace millrace::app::api
