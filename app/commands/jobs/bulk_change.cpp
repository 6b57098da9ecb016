#include "app/commands/jobs/bulk_change.hpp"

#include "app/commands/interruptible.hpp"
#include "app/terminal/progress.hpp"
#include "app/terminal/terminal.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace millrace::app {

void bulk_change::run(std::span<const storage::listed_job> jobs) {
  using clock = std::chrono::steady_clock;
  /// Some milliseconds of work.
  constexpr std::size_t batch_size = 500;
  const interruptible scope;
  progress_bar bar;
  for (left_ = jobs.size(); left_ > 0 && !scope.is_interrupted();) {
    bar.show(jobs.size() - left_, jobs.size());
    const auto begin = clock::now();
    const auto piece = jobs.last(left_).first(std::min(batch_size, left_));
    sum_ += change_(piece);
    left_ -= piece.size();
    if (left_ > 0)
      std::this_thread::sleep_for(clock::now() - begin);
  }
}

void bulk_change::tell_left() const {
  if (left_ > 0)
    complain("millrace: interrupted: {} jobs are left\n  next: the same command does the rest\n",
             left_);
}

}  // namespace millrace::app
