#pragma once

#include "base/time.hpp"
#include "net/http/http_client.hpp"
#include "pipeline/outcome.hpp"
#include "pipeline/services/denials.hpp"
#include "pipeline/services/endpoint_pool.hpp"
#include "pipeline/services/service_health.hpp"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace millrace::pipeline::remote {

/// A service that is reached over HTTP, and how it is treated.
struct service_settings {
  std::vector<endpoint> endpoints;
  net::http_settings http;
  endpoint_limits limits;
  breaker_settings breaker;
  /// How often the service is probed for the health monitor, and how long each endpoint may take
  /// over that.
  duration probe_interval = std::chrono::seconds{10};
  duration probe_timeout = std::chrono::seconds{2};
  /// What a probe gets, after the endpoint's URL.
  std::string probe_path = "/models";
};

/// The calls to one service: each waits for its turn within the limits, goes to an endpoint that is
/// in order, and is made a second time where the first did not succeed. May be used from several
/// threads; the calls of all of them share the limits and the breakers.
class service {
 public:
  /// The name is for people: "embedder". The key is sent to every endpoint, and shown nowhere; it
  /// may be empty. The clock must outlive the service.
  service(std::string name, service_settings settings, std::string key, const clock& time);

  /// Where the key is read again when the service refuses the one that it was given; answers
  /// nothing where there is none. To be called before the first call is made.
  void read_key_with(std::function<std::optional<std::string>()> source);

  struct call {
    /// After the endpoint's URL: "/embeddings".
    std::string path;
    /// Empty for a GET.
    std::string body{};
    /// What it may use.
    std::int64_t tokens = 0;
    /// Of the body.
    std::string content_type = "application/json";
    /// The URL of the endpoint that must answer, for what no other one knows of; else empty.
    std::string at{};
    /// Of the job; empty for none.
    std::string traceparent{};
  };
  /// What the reader of an answer says: what is wrong with it, empty for nothing; and what it used.
  struct reading {
    std::string fault{};
    std::optional<std::int64_t> tokens{};
  };
  using reader = std::function<reading(std::string_view body)>;

  struct answered {
    /// The URL of the endpoint that did.
    std::string by;
  };
  /// The endpoint that must answer is gone, or does not know what it is asked for (404).
  struct missing {
    std::string why;
  };
  using result = std::variant<answered, missing, reject, retry, snooze>;
  /// Makes the call; `read` is given the answer, and may refuse it. Else:
  /// - retry: the service failed or did not answer, twice in a row or with a Retry-After
  ///   (SERVICE_FAILED), wants fewer requests (SERVICE_BUSY), or the answer is no longer wanted
  ///   (CANCELLED);
  /// - reject: the service refuses the request and answers others (SERVICE_REFUSED), or twice its
  ///   answer could not be used (SERVICE_ANSWER);
  /// - missing: only where one endpoint must answer;
  /// - snooze: no endpoint is in order now. Nothing was asked, or what was asked showed it. A
  ///   service that cannot be reached, twice, and that no other call has reached meanwhile, counts
  ///   as out as well. So does one that refuses all requests, for a wrong key or URL
  ///   (OUT_OF_ORDER).
  result make(const call& what, const reader& read, const std::stop_token& stop);

  /// Asks each endpoint for `probe_path`, to see whether it is there. Takes as long as the timeouts
  /// of all of them together at most. Calls are not affected by what it finds.
  void probe(const std::stop_token& stop);

  /// What the service says, without the key.
  std::string without_key(std::string said) const { return net::without(std::move(said), key()); }

  /// How the service fares, in the eyes of its calls and of the last probe.
  service_health health() const;
  const std::string& name() const { return name_; }
  const service_settings& settings() const { return settings_; }

 private:
  /// Where a call goes.
  struct course {
    /// The endpoint that must answer.
    std::optional<std::size_t> only{};
    /// The one that has failed.
    std::optional<std::size_t> failed{};
  };
  std::variant<endpoint_pool::pass, result> wait_for_turn(const call& what, const course& to,
                                                          const std::stop_token& stop);
  /// What came of one request.
  struct tried {
    endpoint_pool::report how;
    /// The service answered, if only that it fails.
    bool got_an_answer = false;
    /// It says that there is nothing of that kind.
    bool knows_nothing = false;
    /// All calls that had been answered well when it began.
    std::uint64_t answered_before = 0;
  };
  /// A call at an endpoint, with its number there.
  struct numbered {
    std::size_t endpoint = 0;
    std::uint64_t number = 0;
  };
  /// Whether the answer is about all requests, not about this one; if so, what to do is added.
  bool refuses_all(endpoint_pool::report& how, const net::http_response& got, const call& what,
                   const numbered& of);
  std::string key() const;
  void look_for_another_key(const std::string& refused);
  tried try_at(const endpoint_pool::pass& by, const call& what, const reader& read,
               const std::stop_token& stop);
  /// What a try means for the job; nothing if there is to be a second one.
  std::optional<result> verdict_on_job(const tried& outcome, const course& to,
                                       const std::stop_token& stop);
  std::optional<result> verdict_on_failure(const tried& outcome, const course& to,
                                           const std::stop_token& stop);
  /// When to come again, while no endpoint that may answer is in order.
  std::optional<snooze> outage(const course& to) const;
  void pause(const std::stop_token& stop);
  snooze come_again(const endpoint_pool::closed& none, time_point now) const;
  void end(const endpoint_pool::pass& by, const endpoint_pool::report& how, std::uint64_t number);

  const std::string name_;
  const service_settings settings_;
  const clock& time_;
  std::function<std::optional<std::string>()> key_source_;
  net::http_client client_;
  net::http_client prober_;

  mutable std::mutex mutex_;
  std::string key_;
  std::condition_variable_any turn_;
  endpoint_pool endpoints_;
  /// Of each endpoint, in the pool's order: one may have the wrong key and another not.
  std::vector<denials> denials_;
  /// Calls; a caller that waits for a turn looks again when it has changed.
  std::uint64_t ended_ = 0;
  std::uint64_t answered_ = 0;
  /// Of each endpoint, in the pool's order.
  std::vector<endpoint_health> probed_;
};

}  // namespace millrace::pipeline::remote
