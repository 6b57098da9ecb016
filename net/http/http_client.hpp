#pragma once

#include "base/time.hpp"
#include "net/http/http_response.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace millrace::net {

struct http_settings {
  /// For the connection: name, TCP and TLS.
  duration connect_timeout = std::chrono::seconds{5};
  /// So long nothing may come or go on a connection that stands.
  duration read_timeout = std::chrono::seconds{30};
  /// For the whole request.
  duration total_timeout = std::chrono::seconds{60};
  std::int64_t max_response = std::int64_t{64} << 20;
  /// Certificates of authorities, PEM; those of the system if empty.
  std::string ca_file{};
};

struct http_request {
  std::string url;
  /// The body of a POST; empty for a GET.
  std::string body{};
  /// Sent as `Authorization: Bearer KEY` unless empty.
  std::string key{};
  /// Of the body.
  std::string content_type = "application/json";
  /// Where the caller's trace goes on (W3C Trace Context); empty for none.
  std::string traceparent{};
};

/// Sends requests over HTTP and HTTPS and waits for the answers. Connections are kept and used
/// again; one that has ended meanwhile is replaced. Certificates are verified; proxies come from
/// the environment (https_proxy, no_proxy ...); redirections are not followed, so that the key goes
/// to no other host. May be used from several threads.
class http_client {
 public:
  explicit http_client(http_settings settings);
  ~http_client();
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  /// Never throws for what a service does. Returns at once when a stop is requested.
  http_response send(const http_request& request, const std::stop_token& stop);

 private:
  struct line;
  struct idle_lines;

  http_settings settings_;
  std::unique_ptr<idle_lines> idle_;
};

}  // namespace millrace::net
