#pragma once

#include "pipeline/handler.hpp"
#include "pipeline/handlers/process/command_spec.hpp"
#include "pipeline/handlers/process/launcher.hpp"
#include "pipeline/handlers/process/worker_process.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace millrace::pipeline::external {

/// The processes of one stage: one for each batch at work, made when it is needed, kept for the
/// next, and replaced when it is of no use any more. Processes that are of no use again and again
/// are replaced more and more slowly; meanwhile the jobs wait, uncharged.
class child_pool {
 public:
  explicit child_pool(recipe made_by);
  /// The processes read the end of their input, and are killed when they do not end.
  ~child_pool();
  child_pool(const child_pool&) = delete;
  child_pool& operator=(const child_pool&) = delete;

  /// A batch handler. From any thread.
  void work(std::span<const job> jobs, const context& at, answers& to);

 private:
  using steady = std::chrono::steady_clock;

  std::unique_ptr<child> take_idle();
  std::unique_ptr<child> start(const std::stop_token& stop);
  std::unique_ptr<child> launch();
  void put_back(std::unique_ptr<child> one);
  void was_of_use();
  void was_of_no_use(std::string why);
  /// How long to wait until a process may be started, and why.
  std::pair<duration, std::string> wait_before_start();
  void postpone(std::span<const job> jobs, answers& to);

  const recipe made_by_;
  launcher launcher_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<child>> idle_;
  int in_vain_ = 0;
  steady::time_point not_before_{};
  std::string why_not_;
  trouble_entry trouble_;
};

}  // namespace millrace::pipeline::external
