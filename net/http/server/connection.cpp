#include "net/http/server/connection.hpp"

#include "net/http/server/socket_options.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace millrace::net {

http_connection::http_connection(std::shared_ptr<http_engine> engine,
                                 std::unique_ptr<stream> through, std::string peer, entry how)
    : engine_(std::move(engine)),
      strand_(engine_->io.get_executor()),
      through_(std::move(through)),
      ready_(strand_, through_->fd()),
      timer_(strand_),
      peer_(std::move(peer)),
      how_(how),
      body_pace_(engine_->limits.body_timeout, engine_->limits.slowest_rate),
      request_share_(engine_->requests),
      stream_share_(engine_->streams),
      body_share_(engine_->bodies),
      write_pace_(engine_->limits.write_timeout, engine_->limits.slowest_rate) {}

http_connection::~http_connection() {
  if (through_)
    ready_.release();
}

void http_connection::start() {
  engine_->connections.add(shared_from_this(), /*is_waiting=*/how_ == entry::served, listed_);
  later(&http_connection::begin);
}

void http_connection::evict() { later(&http_connection::close_if_waiting); }
void http_connection::stop() { later(&http_connection::end_after_response); }
void http_connection::close_now() { later(&http_connection::close); }

void http_connection::later(step what) {
  boost::asio::post(strand_, [self = shared_from_this(), what] {
    if (self->phase_ != phase::closed)
      (self.get()->*what)();
  });
}

void http_connection::when_ready(stream_state readiness, bool& is_waiting, step what) {
  using descriptor = boost::asio::posix::descriptor_base;
  is_waiting = true;
  ready_.async_wait(
      readiness == stream_state::wants_write ? descriptor::wait_write : descriptor::wait_read,
      [self = shared_from_this(), &is_waiting, what](const boost::system::error_code& failed) {
        is_waiting = false;
        if (self->phase_ == phase::closed)
          return;
        if (failed)
          self->close();
        else
          (self.get()->*what)();
      });
}

void http_connection::begin() {
  if (engine_->is_stopping)
    return close();
  set_deadline(clock::now() + engine_->limits.header_timeout);
  receive();
}

void http_connection::read_next() {
  if (phase_ == phase::header && !in_.empty())
    read_request();
  receive();
}

void http_connection::linger() {
  if (input_ended_)
    return close();
  phase_ = phase::lingering;
  reader_.reset();
  clear(in_);
  through_->end_sending();
  engine_->connections.set_waiting(listed_);
  set_deadline(clock::now() + engine_->limits.linger_timeout);
  later(&http_connection::receive);
}

void http_connection::close() {
  if (phase_ == phase::closed)
    return;
  phase_ = phase::closed;
  request_share_.give_back();
  stream_share_.give_back();
  body_share_.give_back();
  timer_.cancel();
  // A clean end would say that the body is whole.
  if (has_begun_response_ && framing_ == body_framing::end_of_connection)
    reset_when_closed(through_->fd());
  ready_.release();
  through_.reset();
  reader_.reset();
  clear(in_);
  clear(out_);
  clear(out_body_);
  if (const auto exchange = std::exchange(exchange_, nullptr))
    exchange->leave();
  engine_->connections.remove(listed_);
}

void http_connection::set_deadline(clock::time_point due) {
  due_ = due;
  // A timer that wakes too early is cheaper than one that is set for every request.
  if (due_ >= wakes_)
    return;
  wakes_ = due_;
  timer_.expires_at(due_);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& failed) {
    if (!failed)
      self->keep_time();
  });
}

void http_connection::keep_time() {
  wakes_ = clock::time_point::max();
  if (phase_ == phase::closed)
    return;
  if (clock::now() >= due_)
    time_is_over();
  else if (due_ != clock::time_point::max())
    set_deadline(due_);
}

void http_connection::time_is_over() {
  switch (phase_) {
    case phase::header:
      return reader_ && reader_->has_begun() ? refuse(408, "the header did not come in time")
                                             : close();
    case phase::body:
      return refuse(408, "the body did not come in time");
    case phase::answering:
      return has_begun_response_ ? close() : refuse(503, "the response did not come in time");
    case phase::refusing:
    case phase::lingering:
    case phase::closed:
      break;
  }
  close();
}

void http_connection::close_if_waiting() {
  if (phase_ == phase::header || phase_ == phase::lingering)
    close();
}

void http_connection::end_after_response() {
  close_if_waiting();
  closes_ = true;
}

}  // namespace millrace::net
