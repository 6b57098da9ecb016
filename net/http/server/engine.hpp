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
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

namespace millrace::net {

using http_strand = boost::asio::strand<boost::asio::io_context::executor_type>;

/// What the connections of a server share. It lives as long as the last of them, and the last
/// thread of the server.
struct http_engine {
  http_engine(const http_server_settings& wanted, std::shared_ptr<http_handler> answers,
              const millrace::clock& now);

  /// Runs until everything has been closed. For every thread of the server.
  void run();

  /// A request that was refused: logged no more often than every ten seconds, for any host can
  /// cause one.
  void log_refusal(int status, std::string_view why, std::string_view peer);

  const http_limits limits;
  const std::shared_ptr<http_handler> handler;
  const millrace::clock& time;
  const std::optional<tls_context> tls;

  connection_list connections;
  bounded_count requests{limits.requests};
  bounded_count streams{limits.streams};
  bounded_count bodies{limits.bodies};
  std::atomic<bool> is_stopping{false};

  boost::asio::io_context io;

 private:
  std::atomic<std::chrono::steady_clock::time_point> next_refusal_log_{
      std::chrono::steady_clock::time_point{}};
};

}  // namespace millrace::net
