#include "app/commands/jobs/bulk_change.hpp"

#include "app/commands/interruptible.hpp"
#include "app/commands/jobs/change_in_pieces.hpp"
#include "app/terminal/progress.hpp"
#include "app/terminal/terminal.hpp"

namespace millrace::app {

void bulk_change::run(std::span<const storage::listed_job> jobs) {
  const interruptible scope;
  progress_bar bar;
  left_ = change_in_pieces(
      jobs,
      [&](std::size_t left) {
        bar.show(jobs.size() - left, jobs.size());
        return !scope.is_interrupted();
      },
      [&](auto piece) { sum_ += change_(piece); });
}

void bulk_change::tell_left() const {
  if (left_ > 0)
    complain("millrace: interrupted: {} jobs are left\n  next: the same command does the rest\n",
             left_);
}

}  // namespace millrace::app
