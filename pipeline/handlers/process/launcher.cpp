#include "pipeline/handlers/process/launcher.hpp"

#include <utility>

namespace millrace::pipeline::external {

launcher::launcher() : thread_{[this] { serve(); }} {}

launcher::~launcher() {
  {
    const std::scoped_lock guard{mutex_};
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

os::spawned launcher::start(const os::program& what, const unique_fd& in, const unique_fd& out,
                            const unique_fd& err) {
  std::packaged_task<os::spawned()> task{[&] { return os::spawn(what, in, out, err); }};
  auto done = task.get_future();
  {
    const std::scoped_lock guard{mutex_};
    wanted_.push_back(std::move(task));
  }
  changed_.notify_one();
  return done.get();
}

void launcher::serve() {
  std::unique_lock guard{mutex_};
  for (;;) {
    changed_.wait(guard, [this] { return ending_ || !wanted_.empty(); });
    if (wanted_.empty())
      return;
    for (auto& one : std::exchange(wanted_, {})) {
      guard.unlock();
      one();
      guard.lock();
    }
  }
}

}  // namespace millrace::pipeline::external
