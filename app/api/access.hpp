#pragma once

#include "app/api/contract.hpp"
#include "app/api/login_limiter.hpp"
#include "app/api/problem.hpp"
#include "app/api/recent_tokens.hpp"
#include "base/time.hpp"
#include "storage/access/tokens.hpp"
#include "storage/db/connection_pool.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Who may come in, and do what.
namespace millrace::app::api {

struct access_settings {
  /// Names by which clients reach the server, beside IP addresses and `localhost`.
  std::vector<std::string> hosts;
  /// Origins of web pages that may use the API, beside those of the server itself.
  std::vector<std::string> origins;
  /// The owner's token (owner_token.hpp); empty for none.
  std::string owner_token;
};

/// Checks requests. All throw problem. From any thread.
class access_check {
 public:
  /// The pool and the clock, of the database, must outlive it.
  access_check(access_settings settings, storage::connection_pool& connections,
               const millrace::clock& time);

  /// Refuses a request for a host that is not ours: a page of a stranger whose name leads here (DNS
  /// rebinding), and one that a page of another origin sends.
  void check_site(const request& asked) const;

  /// The origin that the answer is to allow (CORS); empty for none.
  std::string allowed_origin(const request& asked) const;

  /// A session of the console, and whose it is.
  struct signed_in {
    /// The value of Set-Cookie.
    std::string cookie;
    storage::access_token holder;
  };
  /// Opens one for the holder of a token, or of a link that signs in once.
  signed_in sign_in_by_token(const request& asked, std::string_view secret);
  signed_in sign_in_by_link(const request& asked, std::string_view secret);
  /// Ends that of the request, if it has one, and answers the value of Set-Cookie.
  std::string sign_out(const request& asked);

  /// Refuses a request without a token or session before its body comes, unless the route is open.
  static void check_token_is_shown(const request& asked, const route& wanted);

  /// The token that the request shows, or that of its session, whose role is at least that of the
  /// route. An address that sends many wrong ones must wait with the next. May throw
  /// storage::error; for a route that needs no database only where the token was not seen of late.
  storage::access_token authenticate(const request& asked, const route& wanted);

 private:
  /// Of a token that may have been valid a short time ago where the database is not needed.
  std::optional<storage::access_token> find_holder(const request& asked,
                                                   const storage::token_digest& token,
                                                   bool needs_no_database = false);
  std::optional<storage::access_token> find_session_holder(const request& asked);
  /// Throws this problem, or 429 where the address has sent many that were wrong.
  [[noreturn]] void refuse(const request& asked, problem otherwise);
  bool is_own_host(std::string_view host) const;
  bool is_owner(const request& asked, const storage::token_digest& token) const;

  const access_settings settings_;
  /// Nothing where there is no owner's token.
  const std::optional<storage::token_digest> owner_;
  storage::connection_pool& connections_;
  const millrace::clock& time_;
  login_limiter logins_;
  recent_tokens recent_;
};

}  // namespace millrace::app::api
