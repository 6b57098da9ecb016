#pragma once

#include "base/time.hpp"
#include "net/http/server/bounded_count.hpp"
#include "net/http/server/connection_list.hpp"
#include "net/http/server/handler.hpp"
#include "net/http/server/settings.hpp"
#include "net/tls/tls_context.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include <atomic>
#include <memory>
#include <optional>

namespace millrace::net {

using http_strand = boost::asio::strand<boost::asio::io_context::executor_type>;

/// What the connections of a server share. It lives as long as the last of them, and the last
/// thread of the server.
struct http_engine {
  http_engine(const http_server_settings& wanted, std::shared_ptr<http_handler> answers,
              const millrace::clock& now);

  /// Runs until everything has been closed. For every thread of the server.
  void run();

  const http_limits limits;
  /// Null once the server has ended: a response that comes late may be the last to hold the engine,
  /// and must not end the handler on one of the handler's own threads.
  std::shared_ptr<http_handler> handler;
  const std::shared_ptr<refusal_log> refusals;
  const millrace::clock& time;
  const std::optional<tls_context> tls;

  connection_list connections;
  bounded_count requests{limits.requests};
  bounded_count streams{limits.streams};
  bounded_count bodies{limits.bodies};
  std::atomic<bool> is_stopping{false};

  boost::asio::io_context io;
};

}  // namespace millrace::net
