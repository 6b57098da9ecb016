#include "net/http/server/acceptor.hpp"

#include "base/log.hpp"
#include "net/http/server/connection.hpp"
#include "net/http/server/socket_options.hpp"

#include <boost/asio/post.hpp>

#include <exception>
#include <utility>

namespace millrace::net {
namespace {

/// How many are let in before others have their turn.
constexpr int most_at_once = 64;
/// How many more than the limit are let in to be told that there are too many.
constexpr std::size_t most_turned_away = 64;

}  // namespace

http_acceptor::http_acceptor(std::shared_ptr<http_engine> engine, unique_fd socket)
    : engine_(std::move(engine)),
      strand_(engine_->io.get_executor()),
      listener_(std::make_unique<listener>(std::move(socket))),
      port_(local_port(listener_->socket())),
      ready_(strand_, listener_->socket()),
      timer_(strand_) {}

http_acceptor::~http_acceptor() {
  if (listener_)
    ready_.release();
}

void http_acceptor::start() {
  boost::asio::post(strand_, [self = shared_from_this()] { self->wait(); });
}

void http_acceptor::stop() {
  boost::asio::post(strand_, [self = shared_from_this()] {
    if (!self->listener_)
      return;
    self->timer_.cancel();
    self->ready_.release();
    self->listener_.reset();
  });
}

void http_acceptor::wait() {
  if (!listener_)
    return;
  ready_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                    [self = shared_from_this()](const boost::system::error_code& failed) {
                      if (!failed)
                        self->accept();
                    });
}

void http_acceptor::accept() {
  if (!listener_)
    return;
  for (int number = 0; number < most_at_once; ++number) {
    auto come = listener_->accept(clock::now());
    if (!come)
      break;
    let_in(std::move(come));
  }
  if (listener_->fd(clock::now()) < 0)
    rest();
  else
    wait();
}

void http_acceptor::rest() {
  make_room();
  timer_.expires_at(listener_->due(clock::now()));
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& failed) {
    if (!failed)
      self->wait();
  });
}

bool http_acceptor::make_room() {
  const auto longest = engine_->connections.take_longest_waiting();
  if (longest)
    longest->evict();
  return longest != nullptr;
}

void http_acceptor::let_in(unique_fd socket) {
  auto how = http_connection::entry::served;
  const auto limit = engine_->limits.connections;
  if (engine_->connections.size() >= limit && !make_room()) {
    if (engine_->connections.size() >= limit + most_turned_away)
      return;
    how = http_connection::entry::turned_away;
  }
  auto peer = peer_address(socket.get());
  // One that has gone already has no address.
  if (peer.empty())
    return;
  try {
    set_options(socket.get());
    auto through =
        engine_->tls ? engine_->tls->wrap(std::move(socket)) : plain_stream(std::move(socket));
    std::make_shared<http_connection>(engine_, std::move(through), std::move(peer), how)->start();
  } catch (const std::exception& e) {
    log_event(log_level::warning, "HTTP_CONNECTION_LOST", {{"why", e.what()}});
  }
}

}  // namespace millrace::net
