#pragma once

#include "pipeline/handler.hpp"
#include "pipeline/handlers/process/command_spec.hpp"
#include "pipeline/handlers/process/line_channel.hpp"
#include "pipeline/handlers/process/stderr_log.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

namespace millrace::pipeline::external {

/// The version of what is spoken with a handler's process.
inline constexpr int protocol = 1;

/// A handler's process, which lives from job to job. Used by one thread at a time. Its group is
/// killed when this ends.
class child {
 public:
  /// It was spawned as the recipe says, and leads its group; the recipe outlives this.
  child(const recipe& made_by, pid_t pid, unique_fd to, unique_fd from, unique_fd errors);
  child(const child&) = delete;
  child& operator=(const child&) = delete;

  /// Greets it, and waits until it is ready. Answers why it is not.
  std::optional<std::string> greet(const std::stop_token& stop);

  /// Whether it lives, and says nothing that it was not asked for.
  bool is_fit();

  /// How a call of work() left the process.
  enum class state : std::uint8_t {
    /// It has answered for all jobs.
    fit,
    /// It is of no use any more: the job that it ended or was stopped over has its outcome, and
    /// those behind have none.
    broken,
    /// The same, but it wrote a line that may belong to a job before: the job in hand has no
    /// outcome
    /// either, and another process is to be asked.
    in_doubt,
  };

  /// Gives it the jobs and passes its answers on. It has lines ahead that it reads in about a
  /// millisecond, and one at a time until its speed is known: those behind a job that takes long
  /// can go to another process.
  state work(std::span<const job> jobs, const context& at, answers& to);

  pid_t pid() const { return process_.pid; }
  /// Jobs that it has answered for.
  std::int64_t answered() const { return answered_; }

  /// It may end: it reads the end of its input.
  void dismiss() { lines_.close_input(); }
  void wait_for_end(std::chrono::steady_clock::time_point deadline);

 private:
  struct reading;
  enum class step : std::uint8_t { go_on, done, broken, in_doubt };

  void send_more(reading& from);
  std::size_t lines_ahead() const;

  step take(reading& from, channel::event what, std::string_view line);
  step take_answer(reading& from, std::string_view line);
  step take_wrong_line(reading& from, std::string_view line, bool is_of_job, std::string why);
  void hear_progress(const reading& from, const progress& far);
  step break_off(reading& from, std::string_view code, std::string why);
  std::string how_it_ended();

  /// Ends with the whole group.
  struct process {
    explicit process(pid_t of) : pid{of} {}
    ~process();
    process(const process&) = delete;
    process& operator=(const process&) = delete;

    pid_t pid;
    bool reaped = false;
  };

  const recipe& made_by_;
  process process_;
  job_id in_hand_ = 0;
  std::int64_t answered_ = 0;
  /// What it took for its jobs so far, and lately for one.
  std::chrono::duration<double> work_time_{};
  std::chrono::duration<double> job_time_{};
  error_log errors_;
  channel lines_;
};

}  // namespace millrace::pipeline::external
