#include "app/screen/feed.hpp"

#include "actors/inspector/client/connect.hpp"
#include "app/screen/panes.hpp"

#include <utility>

namespace millrace::app {
namespace {

using namespace std::chrono_literals;

constexpr auto interval = 1s;

}  // namespace

feed::feed(std::unique_ptr<source> first, open_source open, const clock& time)
    : from_{std::move(first)}, open_{std::move(open)}, time_{time}, thread_{[this] { run(); }} {}

feed::~feed() {
  end_within(0ms);
  thread_.join();
}

void feed::want(const wish& what) {
  const std::lock_guard lock{mutex_};
  if (wanted_ == what)
    return;
  wanted_ = what;
  hurry_ = true;
  changed_.notify_all();
}

void feed::order(const actors::change_order& what) {
  const std::lock_guard lock{mutex_};
  orders_.push_back(what);
  hurry_ = true;
  changed_.notify_all();
}

news feed::take() {
  const std::lock_guard lock{mutex_};
  news out{std::exchange(news_.fresh, {}), news_.waiting, std::exchange(news_.answers, {})};
  return out;
}

bool feed::end_within(std::chrono::milliseconds patience) {
  std::unique_lock lock{mutex_};
  ending_ = true;
  changed_.notify_all();
  return changed_.wait_for(lock, patience, [&] { return ended_; });
}

void feed::run() {
  std::unique_lock lock{mutex_};
  while (!ending_) {
    hurry_ = false;
    lock.unlock();
    step();
    lock.lock();
    changed_.wait_for(lock, interval, [&] { return hurry_ || ending_; });
  }
  lock.unlock();
  from_.reset();
  lock.lock();
  ended_ = true;
  changed_.notify_all();
}

/// One round: attaches if need be, carries out what was ordered, and gets a picture.
void feed::step() {
  std::unique_lock lock{mutex_};
  const auto what = wanted_;
  const auto orders = std::exchange(orders_, {});
  lock.unlock();
  try {
    if (!from_) {
      // They were meant for the one that has gone, not for its successor.
      for (std::size_t i = 0; i < orders.size(); ++i)
        answer({false, "not sent: the runtime went away before"});
      from_ = open_();
    } else {
      carry_out(orders);
    }
    fetch(what);
  } catch (const actors::attach_error& gone) {
    lose(gone.why());
  } catch (const std::exception& bad) {
    lose(bad.what());
  }
}

void feed::carry_out(const std::vector<actors::change_order>& orders) {
  for (std::size_t i = 0; i < orders.size(); ++i) {
    try {
      answer(from_->change(orders[i]));
    } catch (const actors::attach_error& gone) {
      answer({false, "it is not known whether it was done: " + gone.why()});
      for (++i; i < orders.size(); ++i)
        answer({false, "not sent: " + gone.why()});
      throw;
    }
  }
}

void feed::answer(actors::order_answer became) {
  const std::lock_guard lock{mutex_};
  news_.answers.push_back(std::move(became));
}

void feed::fetch(const wish& what) {
  auto next = last_;
  next.asked = what;
  next.runtime = from_->runtime();
  next.health = from_->health();
  next.stages = from_->stages();
  find_pane(what.in).fetch(*from_, what, next);
  next.job.reset();
  if (what.job)
    next.job = from_->job(*what.job);
  next.taken_at = time_.now();
  next.busy_percent = measure_busy(last_, next);
  last_ = next;
  const std::lock_guard lock{mutex_};
  news_.fresh = std::move(next);
  news_.waiting.clear();
}

void feed::lose(const std::string& why) {
  {
    const std::lock_guard lock{mutex_};
    news_.waiting = why;
  }
  // Afterwards: it may take a while to let go of what does not answer.
  from_.reset();
}

}  // namespace millrace::app
