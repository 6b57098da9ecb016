#pragma once

#include "base/time.hpp"

#include <mutex>
#include <optional>

namespace millrace::pipeline {

/// The time that is written into the database: that of the database's server once it is known, so
/// that all runtimes of a fleet write one time, and else that of this machine.
///
/// It never goes back. When the clock that it follows is set back, it goes on from where it was, a
/// quarter slower until that clock has caught up: what was due stays due. When that clock is set
/// forward it follows at once; what cannot be undone goes by cautious(). From any thread.
class fleet_clock final : public clock {
 public:
  /// The clocks of this machine, which must outlive it.
  explicit fleet_clock(const clock& local) : local_(local) {}

  time_point now() const override;
  time_point cautious() const override;
  duration monotonic() const override { return local_.monotonic(); }

  /// The server's clock showed this time at a moment between two moments of monotonic().
  void follow(time_point server, duration begin, duration end);

  /// This time was written by an earlier process: a machine whose clock was set back since goes on
  /// from there. Not heeded where it lies so far ahead that it was wrong itself.
  void not_before(time_point written);

  /// How far this machine's clock is ahead of the server's; nothing where none is followed.
  std::optional<duration> skew() const;

  /// How far the time is ahead of the clock that it follows, which was set back.
  duration ahead() const;

  /// By how much the clock that is followed was set since the last call; zero when it was not.
  duration take_step();

 private:
  time_point followed(duration at) const;
  void notice_steps(time_point followed, duration at) const;

  /// The server's time at a moment of monotonic().
  struct sample {
    time_point server;
    duration at;
  };

  const clock& local_;
  mutable std::mutex mutex_;
  std::optional<sample> server_;
  std::optional<duration> skew_;
  /// What was seen last: of the clock that is followed, when, and what was answered.
  mutable std::optional<time_point> seen_;
  mutable duration seen_at_{0};
  mutable time_point told_{};
  mutable duration ahead_{0};
  /// Steps forward that may yet turn out to be wrong, and when the last one was.
  mutable duration leap_{0};
  mutable duration leapt_at_{0};
  mutable duration step_{0};
};

}  // namespace millrace::pipeline
