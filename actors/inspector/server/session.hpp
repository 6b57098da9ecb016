#pragma once

#include "net/byte_stream.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::actors {

/// A client of the server: greets, then sends one request after the other. What it may make us
/// keep is bounded: a request, or an answer that it has not taken yet. So is what it may make us
/// do: a client that asks without end is heard as often as `pause_after_answer` says.
class session {
 public:
  using clock = std::chrono::steady_clock;

  /// How long a client may take to greet, and to take its answer.
  static constexpr auto greeting_patience = std::chrono::seconds{10};
  static constexpr auto answer_patience = std::chrono::seconds{30};

  /// Between two requests, once `answers_at_once` were answered without it. Only short answers
  /// count: what lies on the way to a client that does not read may be thousands of them, but few
  /// long ones.
  static constexpr auto pause_after_answer = std::chrono::milliseconds{100};
  static constexpr int answers_at_once = 200;
  static constexpr std::size_t long_answer = std::size_t{32} * 1024;

  /// The server's side. Both may be called within go_on().
  struct host {
    /// What to say to a client that greets; nothing: no client is let in now.
    std::function<std::optional<std::string>()> greeting;
    /// A line that the client said.
    std::function<void(const session& from, std::string_view line)> asked;
  };

  session(std::uint64_t number, std::unique_ptr<net::stream> through, clock::time_point now);

  std::uint64_t number() const { return number_; }
  bool has_greeted() const { return has_greeted_; }
  clock::time_point heard_at() const { return heard_at_; }
  /// The client's name by its certificate; empty for a client on this machine.
  std::string name() const { return through_->peer_name(); }

  int fd() const { return through_->fd(); }
  /// For which events to poll.
  short events() const;
  /// When go_on() is due even if nothing happens.
  clock::time_point due() const { return std::min(due_, rests_until_.value_or(due_)); }

  /// Reads and writes as far as it goes. False when the client is done with: it has gone, breaks
  /// the protocol, or has let its time pass.
  bool go_on(short revents, clock::time_point now, const host& in);

  /// The answer to its request.
  void answer(std::string line, clock::time_point now);

 private:
  enum class flow : std::uint8_t { goes_on, waits, ended };

  flow flush(clock::time_point now);
  flow listen(clock::time_point now, const host& in);
  bool take_greeting(std::string_view line, clock::time_point now, const host& in);
  void say(std::string text, clock::time_point now);

  std::uint64_t number_;
  std::unique_ptr<net::stream> through_;
  clock::time_point heard_at_;
  clock::time_point due_;
  bool has_greeted_ = false;
  /// The client waits for an answer.
  bool has_asked_ = false;
  /// When the pauses that the client owes are over; it may owe some.
  clock::time_point paid_at_;
  /// The client owes too many: nothing that it says is read until then.
  std::optional<clock::time_point> rests_until_;
  /// The connection ends when the client has been told why.
  bool leaves_ = false;
  std::string said_;
  std::string to_say_;
  std::size_t told_ = 0;
  net::stream_state blocked_on_ = net::stream_state::wants_read;
};

}  // namespace millrace::actors
