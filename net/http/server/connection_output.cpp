#include "base/log.hpp"
#include "net/http/server/connection.hpp"

#include <span>
#include <utility>

namespace millrace::net {
namespace {

/// A body that is no longer goes with the header.
constexpr std::size_t small_body = 16'384;

constexpr int no_content = 204;
constexpr int not_modified = 304;
constexpr int unavailable_now = 503;

outgoing_response refusal(int status, std::string_view why) {
  auto response = problem(status, why);
  if (status == unavailable_now)
    response.headers.emplace_back("Retry-After", "1");
  return response;
}

body_framing framing_of(int status, bool is_stream, bool is_http_1_0) {
  if (status == no_content || status == not_modified)
    return body_framing::none;
  if (!is_stream)
    return body_framing::length;
  return is_http_1_0 ? body_framing::end_of_connection : body_framing::chunks;
}

}  // namespace

void http_connection::take_from_handler() {
  if (phase_ != phase::answering || !exchange_)
    return;
  if (!has_begun_response_) {
    auto start = exchange_->take_start();
    if (!start)
      return;
    begin_response(std::move(start->response), start->is_stream);
  }
  send_more();
}

void http_connection::begin_response(outgoing_response response, bool is_stream) {
  const bool was_stream = is_stream;
  if (response.status < 200 || response.status > 599 || !has_sound_headers(response)) {
    log_event(log_level::error, "HTTP_RESPONSE_MALFORMED",
              {{"status", std::int64_t{response.status}}, {"next", "report it"}});
    response = problem(500, "the response has a malformed header");
    is_stream = false;
  } else if (is_stream && !stream_share_.take(1)) {
    response = refusal(unavailable_now, "the server has too many streams");
    is_stream = false;
  }
  has_begun_response_ = true;
  closes_ = closes_ || response.closes || engine_->is_stopping;
  if (is_stream) {
    request_share_.give_back();
    response.body.clear();
    closes_ = closes_ || is_http_1_0_;
  }
  // HEAD has the header that GET would have.
  const auto told = framing_of(response.status, is_stream, is_http_1_0_);
  framing_ = has_head_only_ ? body_framing::none : told;
  is_stream_ = is_stream && framing_ != body_framing::none;
  queue(response_head(response, told, closes_, engine_->time.now()));
  if (framing_ == body_framing::length && response.body.size() <= small_body)
    out_ += response.body;
  else if (framing_ == body_framing::length)
    out_body_ = std::move(response.body);
  if (exchange_ && was_stream && !is_stream_)
    exchange_->leave();
  if (is_stream_ && input_ended_)
    close();
}

void http_connection::refuse(int status, std::string_view why) {
  engine_->refusals->add(status, why, peer_);
  if (const auto exchange = std::exchange(exchange_, nullptr))
    exchange->leave();
  phase_ = phase::refusing;
  closes_ = true;
  begin_response(refusal(status, why), /*is_stream=*/false);
  reader_.reset();
  clear(in_);
  send_more();
}

void http_connection::queue(std::string bytes) {
  if (sent_ == out_.size()) {
    out_ = std::move(bytes);
    sent_ = 0;
  } else {
    // Behind a "100 Continue" that the client has not taken.
    out_ += bytes;
  }
  write_pace_.start(clock::now());
  if (phase_ != phase::body)
    set_deadline(write_pace_.due());
}

void http_connection::send_more() {
  for (int turn = 0; !waits_to_send_ && phase_ != phase::closed; ++turn) {
    if (turn == most_turns)
      return later(&http_connection::send_more);
    if (sent_ == out_.size() && !refill())
      return;
    const auto [sent, state] = through_->send(std::span{out_}.subspan(sent_));
    if (state == stream_state::closed)
      return close();
    if (state != stream_state::ready)
      return when_ready(state, waits_to_send_, &http_connection::send_more);
    sent_ += sent;
    write_pace_.moved(sent, clock::now());
    if (phase_ != phase::body)
      set_deadline(write_pace_.due());
  }
}

bool http_connection::refill() {
  clear(out_);
  sent_ = 0;
  if (!has_begun_response_)
    return false;
  if (!out_body_.empty()) {
    out_ = std::exchange(out_body_, {});
    return true;
  }
  if (is_stream_)
    return refill_from_stream();
  response_is_out();
  return false;
}

bool http_connection::refill_from_stream() {
  auto [bytes, end] = exchange_->take_pieces();
  if (!bytes.empty()) {
    queue(framing_ == body_framing::chunks ? body_chunk(bytes) : std::move(bytes));
    return true;
  }
  switch (end) {
    case http_exchange::stream_end::open:
      // A stream may be silent for as long as it likes.
      set_deadline(clock::time_point::max());
      return false;
    case http_exchange::stream_end::broken:
      close();
      return false;
    case http_exchange::stream_end::finished:
      break;
  }
  is_stream_ = false;
  if (framing_ == body_framing::chunks)
    queue(body_chunk({}));
  else
    response_is_out();
  return framing_ == body_framing::chunks;
}

void http_connection::response_is_out() {
  if (const auto exchange = std::exchange(exchange_, nullptr))
    exchange->forget_callbacks();
  has_begun_response_ = false;
  has_head_only_ = false;
  request_share_.give_back();
  stream_share_.give_back();
  body_share_.give_back();
  if (closes_ || engine_->is_stopping)
    return linger();
  phase_ = phase::header;
  engine_->connections.set_waiting(listed_);
  set_deadline(clock::now() + engine_->limits.idle_timeout);
  // Not from here: the client may have sent a thousand requests at once.
  later(&http_connection::read_next);
}

}  // namespace millrace::net
