#pragma once

#include "base/time.hpp"
#include "net/http/http_response.hpp"
#include "pipeline/services/circuit_breaker.hpp"
#include "pipeline/services/rate_limit.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace millrace::pipeline::remote {

/// One place where a service can be reached.
struct endpoint {
  /// The service's base URL, without a slash at the end: "https://api.openai.com/v1".
  std::string url;
  /// Those of the lowest number are used while one of them is in order.
  int priority = 0;
  /// The share among those of the same priority.
  int weight = 1;
};

/// What an endpoint may be asked for; 0 means without limit, except for `concurrent`.
struct endpoint_limits {
  int concurrent = 8;
  std::int64_t requests_per_second = 0;
  std::int64_t tokens_per_minute = 0;
};

/// How an endpoint stands.
struct endpoint_state {
  std::string url;
  breaker_state state = breaker_state::closed;
  time_point since{};
  /// The last failure, while it is not closed.
  std::string why;
};

/// Chooses the endpoint of the next call: the first priority at which one is in order, there by
/// weight; each with a breaker and limits of its own. Pure: the caller says what time it is.
class endpoint_pool {
 public:
  endpoint_pool(std::vector<endpoint> endpoints, endpoint_limits limits, breaker_settings breaker);

  /// A call that was let through.
  struct pass {
    std::size_t endpoint = 0;
    breaker::pass by;
    /// What it was estimated to use.
    std::int64_t tokens = 0;
  };
  /// Nothing gets through now.
  struct closed {
    duration wait{0};
    /// No endpoint is in order; else they are, and at their limits.
    bool is_out = false;
    /// A sentence about the endpoint that is back first.
    std::string why;
    /// It refuses all requests: a person must act.
    bool is_denied = false;
  };
  /// Lets a call through that may use so many tokens. `but_not` failed just now: another one is
  /// taken if there is one.
  std::variant<pass, closed> choose(std::int64_t tokens, time_point now,
                                    std::optional<std::size_t> but_not = {});
  /// The same at this endpoint and no other.
  std::variant<pass, closed> choose_at(std::size_t which, std::int64_t tokens, time_point now);

  /// How a call ended, with the tokens that it used if the service said so, how long the service
  /// wants to be left alone, and a sentence about a failure.
  struct report {
    net::verdict what = net::verdict::fine;
    std::optional<std::int64_t> tokens{};
    std::optional<duration> retry_after{};
    std::string why{};
    /// Of `denied`: so is every other call.
    bool for_all = false;
  };
  void ended(const pass& call, const report& how, time_point now);

  /// How long no endpoint will be in order, and why; nothing while one is.
  std::optional<closed> outage(time_point now) const;
  /// The same of one endpoint.
  std::optional<closed> outage_at(std::size_t which, time_point now) const;

  /// The endpoint of that URL, if it is one.
  std::optional<std::size_t> find(std::string_view url) const;
  const std::string& url_of(const pass& call) const { return all_[call.endpoint].what.url; }
  std::size_t size() const { return all_.size(); }
  std::vector<endpoint_state> states() const;

 private:
  struct member {
    endpoint what;
    breaker guard;
    rate_limit requests;
    rate_limit tokens;
    int in_flight = 0;
    /// The service asked to be left alone until then.
    time_point held_until{};
    std::string why{};
    bool is_denied = false;
    /// Its turn among those of its priority: smooth weighted round robin.
    int turn = 0;
  };

  std::optional<closed> obstacle(const member& at, std::int64_t tokens, time_point now) const;
  std::variant<pass, closed> choose_among(const std::vector<std::size_t>& candidates,
                                          std::int64_t tokens, time_point now);

  endpoint_limits limits_;
  /// By priority.
  std::vector<member> all_;
};

}  // namespace millrace::pipeline::remote
