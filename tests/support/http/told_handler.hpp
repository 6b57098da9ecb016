#pragma once

#include "net/http/server/server.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace millrace::tests {

/// A handler that does as a test says. Without a word it answers with what it was asked.
class told_handler final : public net::http_handler {
 public:
  using handling = std::function<void(net::incoming_request, net::response_handle)>;

  std::function<net::admission(const net::incoming_request&)> admits =
      [](const net::incoming_request&) { return net::admission{}; };
  handling handles = echo;
  std::function<void()> stops = [] {};

  static void echo(const net::incoming_request& request, const net::response_handle& respond) {
    respond.send({.headers = {{"Content-Type", "text/plain"}},
                  .body = request.method + " " + request.target.path + " " + request.body});
  }

  net::admission admit(const net::incoming_request& request) override { return admits(request); }
  void handle(net::incoming_request request, net::response_handle respond) override {
    handles(std::move(request), std::move(respond));
  }
  void on_stop() override { stops(); }
};

/// A server on a port of its own, and its handler.
struct told_server {
  explicit told_server(net::http_limits limits = {}, told_handler::handling handles = {},
                       unsigned threads = 1)
      : told_server(std::move(handles),
                    {.at = {"127.0.0.1", 0}, .threads = threads, .limits = limits}) {}

  told_server(told_handler::handling handles, const net::http_server_settings& settings) {
    if (handles)
      handler->handles = std::move(handles);
    server = std::make_unique<net::http_server>(settings, handler, time);
  }

  std::uint16_t port() const { return server->port(); }

  system_clock time;
  std::shared_ptr<told_handler> handler = std::make_shared<told_handler>();
  std::unique_ptr<net::http_server> server;
};

inline const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

/// A request with a body.
inline std::string post(const std::string& body, const std::string& headers = {}) {
  return "POST / HTTP/1.1\r\nHost: x\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace millrace::tests
