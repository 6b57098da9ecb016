#include "pipeline/services/circuit_breaker.hpp"

#include "base/check.hpp"

namespace millrace::pipeline::remote {

std::optional<duration> breaker::wait(time_point now) const {
  if (state_ == breaker_state::closed)
    return std::nullopt;
  // A job that comes while the one call of a half-open breaker is out looks again soon, and not all
  // the time: every look of a job is a write.
  if (state_ == breaker_state::half_open)
    return settings_.cool_down / 4;
  const auto left = opened_at_ + settings_.cool_down - now;
  // A clock that was set back must not keep it open.
  return left > duration{0} && left <= settings_.cool_down ? std::optional{left} : std::nullopt;
}

breaker::pass breaker::enter(time_point now) {
  MILLRACE_CHECK(!wait(now));
  if (state_ == breaker_state::open)
    become(breaker_state::half_open, now);
  return {generation_};
}

void breaker::succeeded(const pass& by, time_point now) {
  if (by.generation != generation_)
    return;
  failures_.clear();
  if (state_ == breaker_state::half_open)
    become(breaker_state::closed, now);
}

void breaker::failed(const pass& by, time_point now) {
  if (by.generation != generation_)
    return;
  if (state_ == breaker_state::half_open)
    return become(breaker_state::open, now);
  std::erase_if(failures_, [&](time_point at) { return now - at > settings_.window; });
  failures_.push_back(now);
  if (failures_.size() >= static_cast<std::size_t>(settings_.failures))
    become(breaker_state::open, now);
}

void breaker::failed_for_all(const pass& by, time_point now) {
  if (by.generation == generation_)
    become(breaker_state::open, now);
}

void breaker::told_nothing(const pass& by, time_point now) {
  if (by.generation != generation_ || state_ != breaker_state::half_open)
    return;
  become(breaker_state::open, now);
  opened_at_ -= settings_.cool_down;  // the next call may try at once
}

void breaker::become(breaker_state state, time_point now) {
  if (state_ == breaker_state::closed || state == breaker_state::closed)
    since_ = now;
  if (state == breaker_state::open)
    opened_at_ = now;
  state_ = state;
  ++generation_;
  failures_.clear();
}

}  // namespace millrace::pipeline::remote
