#include "pipeline/handlers/process/worker_pool.hpp"

#include "pipeline/codes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

namespace millrace::pipeline::external {

child_pool::child_pool(recipe made_by)
    : made_by_{std::move(made_by)}, trouble_{made_by_.how.troubles, trouble_name(made_by_.where)} {}

child_pool::~child_pool() {
  for (auto& one : idle_)
    one->dismiss();
  const auto deadline = steady::now() + made_by_.how.grace;
  for (auto& one : idle_)
    one->wait_for_end(deadline);
}

void child_pool::work(std::span<const job> jobs, const context& at, answers& to) {
  auto one = take_idle();
  for (bool more = true; more;) {
    if (!one && wait_before_start().first.count() == 0)
      one = start(at.stop);
    if (at.stop.stop_requested())
      return put_back(std::move(one));
    if (!one)
      return postpone(jobs, to);
    const auto before = one->answered();
    const auto left = one->work(jobs, at, to);
    if (one->answered() > 0)
      was_of_use();
    else if (!at.stop.stop_requested())
      was_of_no_use(fmt::format("{} ended before it had answered for a job", name_of(made_by_)));
    // Where it has answered for some, the caller comes back with the others.
    more = left == child::state::in_doubt && one->answered() == before;
    if (left == child::state::fit)
      put_back(std::move(one));
    one.reset();
  }
}

std::unique_ptr<child> child_pool::take_idle() {
  for (;;) {
    std::unique_ptr<child> one;
    {
      const std::scoped_lock guard{mutex_};
      if (idle_.empty())
        return nullptr;
      one = std::move(idle_.back());
      idle_.pop_back();
    }
    if (one->is_fit())
      return one;
  }
}

std::unique_ptr<child> child_pool::start(const std::stop_token& stop) {
  std::unique_ptr<child> one;
  std::optional<std::string> why;
  try {
    one = launch();
    why = one->greet(stop);
  } catch (const std::system_error& e) {
    why = e.what();
  }
  const pid_t pid = one ? one->pid() : 0;
  if (!why) {
    tell(made_by_, notice::kind::started, pid, 0, name_of(made_by_));
    return one;
  }
  if (stop.stop_requested())
    return nullptr;
  tell(made_by_, notice::kind::not_started, pid, 0, *why);
  was_of_no_use(fmt::format("cannot start {}: {}", name_of(made_by_), *why));
  return nullptr;
}

std::unique_ptr<child> child_pool::launch() {
  auto in = make_pipe();
  auto out = make_pipe();
  auto err = make_pipe();
  const auto started = launcher_.start(made_by_.what, in.read, out.write, err.write);
  if (started.pid < 0)
    throw std::system_error{started.failure, std::generic_category()};
  return std::make_unique<child>(made_by_, started.pid, std::move(in.write), std::move(out.read),
                                 std::move(err.read));
}

void child_pool::put_back(std::unique_ptr<child> one) {
  if (!one)
    return;
  const std::scoped_lock guard{mutex_};
  idle_.push_back(std::move(one));
}

void child_pool::was_of_use() {
  trouble_.clear();
  const std::scoped_lock guard{mutex_};
  in_vain_ = 0;
}

void child_pool::was_of_no_use(std::string why) {
  const std::scoped_lock guard{mutex_};
  ++in_vain_;
  why_not_ = std::move(why);
  // Once may be chance.
  if (in_vain_ > 1)
    trouble_.set(why_not_, made_by_.how.time->now());
  constexpr int most_doublings = 20;
  auto wait = duration{0};
  if (in_vain_ > 1)
    wait = std::min(made_by_.how.max_backoff,
                    made_by_.how.backoff * (1 << std::min(in_vain_ - 2, most_doublings)));
  not_before_ = steady::now() + wait;
}

std::pair<duration, std::string> child_pool::wait_before_start() {
  const std::scoped_lock guard{mutex_};
  const auto left = not_before_ - steady::now();
  return {std::max(duration{0}, std::chrono::ceil<duration>(left)), why_not_};
}

void child_pool::postpone(std::span<const job> jobs, answers& to) {
  const auto [wait, why] = wait_before_start();
  const auto until = made_by_.how.time->now() + wait;
  for (auto left = to.hold(jobs.size()); left > 0; --left)
    to.answer(snooze{until, why, {}, std::string{codes::OUT_OF_ORDER}});
}

}  // namespace millrace::pipeline::external
