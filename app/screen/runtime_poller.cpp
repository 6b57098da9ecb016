#include "app/screen/runtime_poller.hpp"

#include "actors/inspector/client/connect.hpp"
#include "app/screen/panes.hpp"

#include <utility>

namespace millrace::app {
namespace {

using namespace std::chrono_literals;

constexpr auto interval = 1s;

}  // namespace

runtime_poller::runtime_poller(std::unique_ptr<runtime_client> first, open_runtime open,
                               const clock& time)
    : from_{std::move(first)}, open_{std::move(open)}, time_{time}, thread_{[this] { run(); }} {}

runtime_poller::~runtime_poller() {
  end_within(0ms);
  thread_.join();
}

void runtime_poller::want(const screen_query& what) {
  const std::lock_guard lock{mutex_};
  if (wanted_ == what)
    return;
  wanted_ = what;
  hurry_ = true;
  changed_.notify_all();
}

void runtime_poller::order(const actors::change_order& what) {
  const std::lock_guard lock{mutex_};
  orders_.push_back(what);
  hurry_ = true;
  changed_.notify_all();
}

updates runtime_poller::take() {
  const std::lock_guard lock{mutex_};
  updates out{std::exchange(updates_.newest, {}), updates_.waiting,
              std::exchange(updates_.answers, {})};
  return out;
}

bool runtime_poller::end_within(std::chrono::milliseconds patience) {
  std::unique_lock lock{mutex_};
  ending_ = true;
  changed_.notify_all();
  return changed_.wait_for(lock, patience, [&] { return ended_; });
}

void runtime_poller::run() {
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

/// One round: attaches if need be, carries out what was ordered, and gets a snapshot.
void runtime_poller::step() {
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

void runtime_poller::carry_out(const std::vector<actors::change_order>& orders) {
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

void runtime_poller::answer(actors::order_answer became) {
  const std::lock_guard lock{mutex_};
  updates_.answers.push_back(std::move(became));
}

void runtime_poller::fetch(const screen_query& what) {
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
  updates_.newest = std::move(next);
  updates_.waiting.clear();
}

void runtime_poller::lose(const std::string& why) {
  {
    const std::lock_guard lock{mutex_};
    updates_.waiting = why;
  }
  // Afterwards: it may take a while to let go of what does not answer.
  from_.reset();
}

}  // namespace millrace::app
