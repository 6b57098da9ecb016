#include "net/http/server/exchange.hpp"

#include "base/log.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace millrace::net {
namespace {

/// How much is joined to be sent at once.
constexpr std::size_t most_joined = std::size_t{64} << 10;

}  // namespace

template <class Change>
bool http_exchange::change(Change change) {
  bool wakes = false;
  {
    const std::scoped_lock guard{mutex_};
    if (!change())
      return false;
    wakes = !std::exchange(is_woken_, true);
  }
  if (wakes)
    wake_();
  return true;
}

bool http_exchange::begin(outgoing_response response, bool is_stream) {
  return change([&] {
    if (std::exchange(has_begun_, true))
      return false;
    is_stream_ = is_stream;
    start_ = start{std::move(response), is_stream};
    return true;
  });
}

bool http_exchange::send(std::string piece) {
  bool is_taken = false;
  change([&] {
    if (!is_open_now())
      return false;
    const auto room = queue_limit_ - std::min(queued_, queue_limit_);
    is_taken = queued_ == 0 || piece.size() <= room;
    wants_room_ = wants_room_ || !is_taken;
    // An empty chunk would end the body.
    if (!is_taken || piece.empty())
      return false;
    queued_ += piece.size();
    pieces_.push_back(std::move(piece));
    return true;
  });
  return is_taken;
}

void http_exchange::end_stream(stream_end how) {
  change([&] {
    if (!is_stream_ || end_ != stream_end::open)
      return false;
    end_ = how;
    return true;
  });
}

void http_exchange::forget_callbacks() {
  // They may own the last handle, whose end takes the lock.
  callback leave;
  callback room;
  const std::scoped_lock guard{mutex_};
  is_over_ = true;
  leave = std::exchange(on_leave_, nullptr);
  room = std::exchange(on_room_, nullptr);
}

void http_exchange::abandon() {
  if (!begin(problem(500, "the request was given up without a response"), /*is_stream=*/false))
    abort();
}

bool http_exchange::client_has_left() const {
  const std::scoped_lock guard{mutex_};
  return has_left_;
}

bool http_exchange::is_open() const {
  const std::scoped_lock guard{mutex_};
  return is_open_now();
}

void http_exchange::on_leave(callback what) {
  {
    const std::scoped_lock guard{mutex_};
    if (!has_left_ && !is_over_)
      on_leave_.swap(what);
    if (!has_left_)
      return;
  }
  call(what);
}

void http_exchange::on_room(callback what) {
  callback told;
  {
    const std::scoped_lock guard{mutex_};
    if (!is_open_now())
      return;
    on_room_.swap(what);
    told = take_room_call();
  }
  call(told);
}

http_exchange::callback http_exchange::take_room_call() {
  if (!wants_room_ || queued_ > queue_limit_ / 2 || !on_room_)
    return {};
  wants_room_ = false;
  return on_room_;
}

std::optional<http_exchange::start> http_exchange::take_start() {
  const std::scoped_lock guard{mutex_};
  is_woken_ = false;
  return std::exchange(start_, std::nullopt);
}

http_exchange::pieces http_exchange::take_pieces() {
  pieces taken;
  callback told;
  {
    const std::scoped_lock guard{mutex_};
    while (!pieces_.empty() && taken.bytes.size() < most_joined) {
      queued_ -= pieces_.front().size();
      if (taken.bytes.empty())
        taken.bytes = std::move(pieces_.front());
      else
        taken.bytes += pieces_.front();
      pieces_.pop_front();
    }
    taken.end = end_;
    // A stream that was broken off does not wait for its client.
    if (end_ == stream_end::broken)
      taken.bytes.clear();
    // A connection that has bytes comes back without being woken.
    is_woken_ = !taken.bytes.empty();
    told = take_room_call();
  }
  call(told);
  return taken;
}

void http_exchange::leave() {
  callback left;
  {
    const std::scoped_lock guard{mutex_};
    if (std::exchange(has_left_, true))
      return;
    pieces_.clear();
    queued_ = 0;
    left = std::exchange(on_leave_, nullptr);
  }
  call(left);
  forget_callbacks();
}

void http_exchange::call(const callback& what) {
  if (!what)
    return;
  try {
    what();
  } catch (const std::exception& e) {
    log_event(log_level::error, "HTTP_CALLBACK_FAILED", {{"why", e.what()}, {"next", "report it"}});
  } catch (...) {
    log_event(log_level::error, "HTTP_CALLBACK_FAILED",
              {{"why", "unknown"}, {"next", "report it"}});
  }
}

}  // namespace millrace::net
