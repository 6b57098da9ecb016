#include "pipeline/fleet_clock.hpp"

#include "base/seeded_fault.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace millrace::pipeline {
namespace {

using namespace std::chrono_literals;

/// What differs by less is no step: clocks are slewed, and an answer of the server takes its time.
constexpr duration smallest_step = 1s;
/// A time that was written so far ahead of the clock was wrong before; the clock is right now.
constexpr duration believable = 24h;
/// After a step forward, so long may it take until an operator sees that it was wrong.
constexpr duration doubted_for = 24h;
/// An answer of the server that took longer says too little.
constexpr duration slow_answer = 1s;
/// Of the time that passes, so much goes into letting the clock catch up.
constexpr int catch_up_share = 4;

}  // namespace

time_point fleet_clock::followed(duration at) const {
  const bool has_server = server_ && !MILLRACE_SEEDED_FAULT("times are of the machine");
  return has_server ? server_->server + (at - server_->at) : local_.now();
}

void fleet_clock::notice_steps(time_point followed, duration at) const {
  if (!seen_) {
    seen_ = followed;
    seen_at_ = at;
    return;
  }
  const auto passed = std::max(at - seen_at_, duration{0});
  const auto step = (followed - *seen_) - passed;
  seen_ = followed;
  seen_at_ = at;
  ahead_ -= std::min(ahead_, passed / catch_up_share);
  if (at - leapt_at_ > doubted_for)
    leap_ = duration{0};
  if (step <= -smallest_step) {
    step_ += step;
    ahead_ -= step;
    leap_ = std::max(leap_ + step, duration{0});
  } else if (step >= smallest_step) {
    step_ += step;
    const auto caught_up = std::min(ahead_, step);
    ahead_ -= caught_up;
    leap_ += step - caught_up;
    leapt_at_ = at;
  }
}

time_point fleet_clock::now() const {
  const std::scoped_lock guard{mutex_};
  const auto at = local_.monotonic();
  const auto time = followed(at);
  notice_steps(time, at);
  told_ = std::max(told_, time + ahead_);
  return told_;
}

time_point fleet_clock::cautious() const {
  const auto time = now();
  const std::scoped_lock guard{mutex_};
  return time - leap_ - ahead_;
}

void fleet_clock::follow(time_point server, duration begin, duration end) {
  const std::scoped_lock guard{mutex_};
  if (server_ && end - begin > slow_answer)
    return;
  const auto at = begin + (end - begin) / 2;
  // What this machine's own clock said before counts for nothing: it was not written.
  if (!server_) {
    seen_.reset();
    told_ = {};
    ahead_ = leap_ = step_ = duration{0};
  }
  server_ = {server, at};
  skew_ = local_.now() - (server + (local_.monotonic() - at));
}

void fleet_clock::not_before(time_point written) {
  const auto time = now();
  const std::scoped_lock guard{mutex_};
  if (written > time && written - time <= believable) {
    ahead_ += written - time;
    step_ -= written - time;
  }
}

std::optional<duration> fleet_clock::skew() const {
  const std::scoped_lock guard{mutex_};
  return skew_;
}

duration fleet_clock::ahead() const {
  const std::scoped_lock guard{mutex_};
  return ahead_;
}

duration fleet_clock::take_step() {
  static_cast<void>(now());
  const std::scoped_lock guard{mutex_};
  return std::exchange(step_, duration{0});
}

}  // namespace millrace::pipeline
