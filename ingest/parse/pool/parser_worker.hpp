#pragma once

#include "base/os/stop_event.hpp"
#include "base/os/subprocess.hpp"
#include "base/os/unique_fd.hpp"
#include "base/time.hpp"
#include "ingest/parse/pool/messages.hpp"

#include <sys/types.h>

#include <optional>
#include <string>

namespace millrace::ingest::pool {

/// A parser process that stays, as the runtime has it: reads one file at a time. It ends with this
/// object, with what it has at work, and when the runtime is gone, however that ends.
class parser_worker {
 public:
  /// Starts `millrace-parser serve`, with nothing of our environment but where programs are. When
  /// it cannot be started, `failure()` has an errno. Throws std::system_error when there is no
  /// descriptor left.
  explicit parser_worker(const std::string& helper);
  ~parser_worker();
  parser_worker(const parser_worker&) = delete;
  parser_worker& operator=(const parser_worker&) = delete;

  int failure() const { return failure_; }
  pid_t pid() const { return pid_; }

  /// Reads a file: how the process that did it ended, and what it wrote, as os::run() has it.
  /// Nothing when the worker was gone before it began. When it was not done in time, or no longer
  /// wanted, or the worker ended meanwhile, `is_usable()` is false from then on.
  std::optional<os::command_result> read(const request& what, unique_fd input, duration time_limit,
                                         const stop_event& stop);
  bool is_usable() const { return pid_ > 0 && socket_; }

 private:
  /// How the wait for the answer came to its end; nothing when there is an answer.
  std::optional<os::ending> wait_for_answer(duration time_limit, const stop_event& stop) const;
  /// Lets the process end what it has at work, and itself; answers its status.
  int end();

  unique_fd socket_;
  pid_t pid_ = -1;
  int failure_ = 0;
};

}  // namespace millrace::ingest::pool
