#include "net/http/server/server.hpp"

#include "base/check.hpp"
#include "base/log.hpp"
#include "base/thread_pool.hpp"
#include "net/http/server/acceptor.hpp"
#include "net/http/server/connection.hpp"
#include "net/http/server/engine.hpp"

#include <boost/asio/post.hpp>

#include <chrono>
#include <exception>
#include <utility>

namespace millrace::net {
namespace {

/// For connections that are closed by force: no time at all, unless a handler hangs.
constexpr auto closing_patience = std::chrono::seconds{1};

}  // namespace

struct http_server::parts {
  std::shared_ptr<http_engine> engine;
  std::shared_ptr<http_acceptor> acceptor;
  thread_pool threads;
};

http_server::http_server(const http_server_settings& settings,
                         std::shared_ptr<http_handler> handler, const clock& time) {
  MILLRACE_CHECK(settings.threads > 0);
  auto engine = std::make_shared<http_engine>(settings, std::move(handler), time);
  auto acceptor = std::make_shared<http_acceptor>(
      engine, listen_at(settings.at, settings.whose, settings.setting));
  parts_ = std::unique_ptr<parts>{
      new parts{std::move(engine), std::move(acceptor), thread_pool{settings.threads}}};
  parts_->acceptor->start();
  for (unsigned number = 0; number < settings.threads; ++number)
    parts_->threads.run([engine = parts_->engine] { engine->run(); });
}

http_server::~http_server() { stop({}); }

std::uint16_t http_server::port() const { return parts_->acceptor->port(); }

std::size_t http_server::connections() const { return parts_->engine->connections.size(); }

bool http_server::stop(duration patience) {
  auto& [engine, acceptor, threads] = *parts_;
  if (!engine->is_stopping.exchange(true)) {
    acceptor->stop();
    boost::asio::post(engine->io, [engine = engine] {
      try {
        engine->handler->on_stop();
      } catch (const std::exception& e) {
        log_event(log_level::error, "HTTP_HANDLER_FAILED", {{"why", e.what()}});
      }
    });
    for (const auto& connection : engine->connections.all())
      connection->stop();
  }
  bool has_ended = threads.stop(patience);
  for (const auto& connection : engine->connections.all())
    connection->close_now();
  if (!has_ended)
    has_ended = threads.stop(closing_patience);
  // A thread that was stopped before it began has left everything.
  if (has_ended) {
    engine->io.restart();
    engine->run();
    engine->handler.reset();
  }
  return has_ended;
}

}  // namespace millrace::net
