#include "base/log.hpp"
#include "net/http/server/connection.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

namespace millrace::net {
namespace {

void log_failure(const std::exception* failure, const incoming_request& request) {
  log_event(log_level::error, "HTTP_HANDLER_FAILED",
            {{"method", request.method},
             {"path", request.target.path},
             {"why", failure != nullptr ? failure->what() : "unknown"}});
}

}  // namespace

bool http_connection::wants_input() const {
  switch (phase_) {
    case phase::header:
    case phase::body:
    case phase::lingering:
      return true;
    case phase::answering:
      // Requests that the client sends meanwhile, and that it leaves.
      return !input_ended_ && in_.size() < engine_->limits.header;
    case phase::refusing:
    case phase::closed:
      break;
  }
  return false;
}

void http_connection::receive() {
  if (waits_to_receive_)
    return;
  std::array<char, 16'384> piece;
  for (int turn = 0; wants_input(); ++turn) {
    if (turn == most_turns)
      return later(&http_connection::receive);
    const auto [got, state] = through_->receive(piece);
    if (state == stream_state::closed)
      return input_has_ended();
    if (state != stream_state::ready)
      return when_ready(state, waits_to_receive_, &http_connection::receive);
    take_input({piece.data(), got});
  }
}

void http_connection::take_input(std::string_view piece) {
  if (phase_ == phase::lingering)
    return;
  in_.append(piece);
  read_request();
}

void http_connection::read_request() {
  while (phase_ == phase::header || phase_ == phase::body) {
    if (!reader_)
      reader_ = std::make_unique<request_reader>(engine_->limits.header);
    const bool had_begun = reader_->has_begun();
    switch (reader_->take(in_)) {
      case request_reader::progress::wants_more:
        if (in_.empty())
          clear(in_);
        if (phase_ == phase::header && reader_->has_begun() && !had_begun)
          set_deadline(clock::now() + engine_->limits.header_timeout);
        else if (phase_ == phase::body)
          body_is_affordable();
        return;
      case request_reader::progress::has_header:
        header_has_come();
        break;
      case request_reader::progress::is_whole:
        if (body_is_affordable())
          request_is_whole();
        break;
      case request_reader::progress::refused: {
        const auto reason = reader_->refusal();
        refuse(reason.status, reason.detail);
        break;
      }
    }
  }
}

void http_connection::header_has_come() {
  engine_->connections.set_busy(listed_);
  auto& request = reader_->request();
  request.peer = peer_;
  request.is_secure = engine_->tls.has_value();
  is_http_1_0_ = reader_->is_http_1_0();
  has_head_only_ = request.method == "HEAD";
  closes_ = !reader_->keeps_alive();
  if (how_ == entry::turned_away)
    return refuse(503, "the server has too many connections");
  if (!request_share_.take(1))
    return refuse(503, "the server has too many requests in progress");
  auto admitted = ask_handler();
  if (!admitted)
    return refuse(500, "the request failed");
  if (admitted->response) {
    // What comes of the body would be taken for the next request.
    closes_ = closes_ || reader_->has_body();
    reader_.reset();
    phase_ = phase::answering;
    begin_response(std::move(*admitted->response), /*is_stream=*/false);
    return send_more();
  }
  if (!reader_->limit_body(std::min(admitted->body_limit, engine_->limits.body)))
    return refuse(reader_->refusal().status, std::string{reader_->refusal().detail});
  phase_ = phase::body;
  body_pace_.start(clock::now());
  set_deadline(body_pace_.due());
  if (reader_->expects_continue() && in_.empty()) {
    queue("HTTP/1.1 100 Continue\r\n\r\n");
    send_more();
  }
}

std::optional<admission> http_connection::ask_handler() {
  try {
    return engine_->handler->admit(reader_->request());
  } catch (const std::exception& e) {
    log_failure(&e, reader_->request());
  } catch (...) {
    log_failure(nullptr, reader_->request());
  }
  return std::nullopt;
}

bool http_connection::body_is_affordable() {
  const auto came = reader_->request().body.size() - body_share_.size();
  if (!body_share_.take(came)) {
    refuse(503, "the server holds too many bodies of requests");
    return false;
  }
  body_pace_.moved(came, clock::now());
  set_deadline(body_pace_.due());
  return true;
}

void http_connection::request_is_whole() {
  phase_ = phase::answering;
  set_deadline(clock::now() + engine_->limits.answer_timeout);
  exchange_ =
      std::make_shared<http_exchange>(engine_->limits.stream_queue, [weak = weak_from_this()] {
        // The task must not keep the connection: the server may have ended.
        if (const auto connection = weak.lock())
          boost::asio::post(connection->strand_, [weak] {
            if (const auto self = weak.lock())
              self->take_from_handler();
          });
      });
  const auto reader = std::move(reader_);
  const incoming_request about{.method = reader->request().method,
                               .target = {.path = reader->request().target.path}};
  const auto exchange = exchange_;
  const auto fail = [&](const std::exception* failure) {
    log_failure(failure, about);
    if (!exchange->respond(problem(500, "the request failed")))
      exchange->abort();
  };
  const response_handle respond{exchange};
  try {
    engine_->handler->handle(std::move(reader->request()), respond);
  } catch (const std::exception& e) {
    fail(&e);
  } catch (...) {
    fail(nullptr);
  }
}

void http_connection::input_has_ended() {
  input_ended_ = true;
  switch (phase_) {
    case phase::header:
    case phase::body:
    case phase::lingering:
      return close();
    case phase::answering:
      if (exchange_)
        exchange_->leave();
      // Half a connection is enough for a response; a stream without a reader would go on unseen.
      if (is_stream_)
        close();
      break;
    case phase::refusing:
    case phase::closed:
      break;
  }
}

}  // namespace millrace::net
