#pragma once

#include "storage/runtimes/process.hpp"
#include "tests/simulation/faulty_files.hpp"
#include "tests/simulation/fiber.hpp"
#include "tests/simulation/scene.hpp"
#include "tests/support/virtual_tree.hpp"

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace millrace::simulation {

/// A runtime with its data directory: one process after another, each with the real tree of actors.
/// Its messages, its timers, its SQL and its handlers take place only when it is told so, one at a
/// time; it can die at each of them.
class simulated_runtime {
 public:
  /// Of all of them.
  static constexpr duration lease = std::chrono::seconds{5};

  simulated_runtime(scene& in, int number);
  ~simulated_runtime();
  simulated_runtime(const simulated_runtime&) = delete;
  simulated_runtime& operator=(const simulated_runtime&) = delete;

  int number() const { return number_; }
  bool is_up() const { return life_ != nullptr; }
  /// Under which the process that is up is known to the database, once it is.
  std::optional<std::int64_t> identity() const;
  /// Since when nothing has kept it from rescuing what others leave.
  std::optional<time_point> watching_since() const;

  void start();
  bool has_message() const;
  /// Handles one, any of those that could be next.
  void handle_message();
  /// When something happens by itself next.
  std::optional<time_point> next_due() const;
  /// Does one thing that is due.
  void do_due();
  /// After each of these: a process that has died or ended is gone, and is started again later.
  void clean_up();

  void kill();
  void kill_at_file_operation(std::uint64_t countdown) { at_file_operation_ = countdown; }
  void kill_after_write(std::uint64_t countdown) { after_write_ = countdown; }
  void kill_in_handler() { in_next_handler_ = true; }
  void kill_at_message(std::uint64_t countdown) { at_message_ = countdown; }
  /// In a transaction, at one of its operations: it dies, or stands still for so long. The lock
  /// stays until the server ends the session.
  void fail_in_transaction(std::uint64_t countdown, std::optional<duration> freeze);
  /// As SIGTERM.
  void stop();
  /// As SIGSTOP, and SIGCONT later.
  void freeze(duration time);
  void set_clock(duration offset) { offset_ = offset; }
  void step_clock(duration by) { offset_ += by; }
  duration clock_offset() const { return offset_; }
  void wake();
  void crash(std::uint64_t which);
  /// Nothing that was planned to happen to it does any more.
  void calm_down();
  /// It stays down when it has ended.
  void retire() { is_retired_ = true; }
  /// Since when it has been told to stop and might have ended.
  std::optional<time_point> stopping_since() const { return stopping_since_; }

  /// What SQLite is to be answered for an operation of this runtime.
  int on_file(file_operation what);
  /// Whose code runs now; null for the simulation itself.
  static simulated_runtime* current() { return current_; }

 private:
  struct life;
  class clock_of;
  class work_queue;
  /// A task on a thread.
  struct activity {
    std::unique_ptr<fiber> run;
    time_point due;
    bool is_lane = false;
  };

  pipeline::outcome handle(const pipeline::job& job, const pipeline::context& context);
  pipeline::outcome answer(const pipeline::job& job, const pipeline::context& context);
  pipeline::outcome decide(const pipeline::job& job, std::uint64_t any, const std::string& output);
  storage::process process_of_life();
  time_point now() const;
  bool can_fail_at(file_operation what) const;
  int fail_locked();
  void stand_still(duration time);
  void end_session();
  call& log_of(const pipeline::job& job);
  void check_input(const pipeline::job& job) const;
  void die();
  void reap();
  void blame() const;
  void sleep(duration time);
  void go_on(std::list<activity>::iterator at);
  void start_lane_task();
  void catch_up();
  bool is_frozen() const { return frozen_until_ > in_.now; }
  void watch_identity();
  template <class Work>
  void as_current(Work work);

  static inline simulated_runtime* current_ = nullptr;

  scene& in_;
  const int number_;
  const std::filesystem::path dir_;
  duration offset_{0};
  std::unique_ptr<clock_of> clock_;
  std::unique_ptr<life> life_;
  /// Jobs and epochs in a handler.
  std::set<std::pair<pipeline::job_id, std::int64_t>> in_handler_;
  bool is_dead_ = false;
  std::int64_t pid_ = 0;
  bool is_retired_ = false;
  std::optional<time_point> restart_at_;
  std::optional<time_point> stopping_since_;
  time_point frozen_until_{};
  std::uint64_t at_file_operation_ = 0;
  std::uint64_t after_write_ = 0;
  std::uint64_t at_message_ = 0;
  bool in_next_handler_ = false;
  /// Its clock is wrong by so many millionths.
  std::int64_t drift_ppm_ = 0;
  /// Operations of transactions until it fails in one; and for how long it stands still then.
  std::uint64_t at_locked_operation_ = 0;
  std::optional<duration> freeze_when_locked_;
  bool is_writing_ = false;
  bool has_ended_session_ = false;
  /// When the server ends the session in which it stands still.
  std::optional<time_point> session_ends_;
  /// Which it had, and until when it has a reason to lose it.
  std::optional<std::int64_t> last_identity_;
  time_point identity_since_{};
  time_point disturbed_until_{};
};

}  // namespace millrace::simulation
