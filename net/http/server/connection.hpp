#pragma once

#include "net/byte_stream.hpp"
#include "net/http/server/bounded_count.hpp"
#include "net/http/server/connection_list.hpp"
#include "net/http/server/engine.hpp"
#include "net/http/server/exchange.hpp"
#include "net/http/server/request_reader.hpp"
#include "net/http/server/transfer_pace.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::net {

/// A client's connection: reads a request, has it answered, writes the response, then reads the
/// next. Everything happens on its strand; the public functions may be called from any thread.
///
/// While it waits for a request it holds no buffer. Bytes go through net::stream, plain or TLS;
/// Asio only says when it is ready, and when the time is over.
class http_connection : public std::enable_shared_from_this<http_connection> {
 public:
  /// What is done with its first request.
  enum class entry : std::uint8_t { served, turned_away };

  http_connection(std::shared_ptr<http_engine> engine, std::unique_ptr<stream> through,
                  std::string peer, entry how);
  ~http_connection();
  http_connection(const http_connection&) = delete;
  http_connection& operator=(const http_connection&) = delete;

  void start();
  /// To make room for another. Not when a request has come meanwhile.
  void evict();
  /// Ends it after the response in progress.
  void stop();
  void close_now();

 private:
  using clock = std::chrono::steady_clock;
  enum class phase : std::uint8_t {
    header,
    body,
    /// The handler has the request, or its response is on its way.
    answering,
    /// The last response is on its way.
    refusing,
    /// All is said; the client may still be sending.
    lingering,
    closed,
  };

  /// How often bytes are taken from a client, or given to it, before others have their turn.
  static constexpr int most_turns = 8;

  using step = void (http_connection::*)();

  /// Also gives back the memory, which an assignment of "" does not.
  static void clear(std::string& text) { std::string{}.swap(text); }

  /// Soon, on the strand.
  void later(step what);
  /// `is_waiting` holds until then.
  void when_ready(stream_state readiness, bool& is_waiting, step what);

  // connection_input.cpp
  void receive();
  bool wants_input() const;
  void take_input(std::string_view piece);
  void read_request();
  void header_has_come();
  std::optional<admission> ask_handler();
  bool body_is_affordable();
  void request_is_whole();
  void input_has_ended();

  // connection_output.cpp
  void take_from_handler();
  void begin_response(outgoing_response response, bool is_stream);
  void refuse(int status, std::string_view why);
  void queue(std::string bytes);
  void send_more();
  /// False when there is nothing to send now.
  bool refill();
  bool refill_from_stream();
  void response_is_out();

  // connection.cpp
  void begin();
  void read_next();
  void linger();
  void close();
  void set_deadline(clock::time_point due);
  void keep_time();
  void time_is_over();
  void close_if_waiting();
  void end_after_response();

  const std::shared_ptr<http_engine> engine_;
  http_strand strand_;
  std::unique_ptr<stream> through_;
  /// The stream's own descriptor, which the stream closes.
  boost::asio::posix::basic_stream_descriptor<http_strand> ready_;
  boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>, http_strand> timer_;
  const std::string peer_;
  const entry how_;
  connection_list::entry listed_;

  phase phase_ = phase::header;
  bool waits_to_receive_ = false;
  bool waits_to_send_ = false;
  /// The client sends nothing more.
  bool input_ended_ = false;
  clock::time_point due_ = clock::time_point::max();
  /// When the timer wakes; max when it does not run.
  clock::time_point wakes_ = clock::time_point::max();

  std::string in_;
  std::unique_ptr<request_reader> reader_;
  transfer_pace body_pace_;
  bounded_share request_share_;
  bounded_share stream_share_;
  bounded_share body_share_;

  std::shared_ptr<http_exchange> exchange_;
  bool has_begun_response_ = false;
  bool is_stream_ = false;
  bool has_head_only_ = false;
  bool is_http_1_0_ = false;
  /// The connection ends after the response.
  bool closes_ = false;
  body_framing framing_ = body_framing::none;
  std::string out_;
  std::string out_body_;
  std::size_t sent_ = 0;
  transfer_pace write_pace_;
};

}  // namespace millrace::net
