#pragma once

#include "storage/job_queries.hpp"
#include "storage/job_store.hpp"
#include "tests/simulation/calls.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace millrace::simulation {

/// An invariant that does not hold.
class violation : public std::runtime_error {
 public:
  violation(std::string invariant, const std::string& what)
      : std::runtime_error(invariant + ": " + what), invariant_(std::move(invariant)) {}

  const std::string& invariant() const { return invariant_; }

 private:
  std::string invariant_;
};

/// A job as its history says that it must be.
struct expected_job {
  std::uint16_t pipeline = 0;
  std::uint16_t stage = 0;
  pipeline::job_state state = pipeline::job_state::queued;
  /// It moved on, and may be working or queued there: the next that is seen of it tells.
  bool is_open = false;
  std::int64_t epoch = 0;
  int attempt = 0;
  /// As the row said last, with the rescues since then that were charged, or may have been.
  int least_crashes = 0;
  int most_crashes = 0;
  bool cancel_requested = false;
  pipeline::time_point run_at{};
  /// The backoff has jitter: run_at may be later by so much.
  pipeline::duration run_at_slack{};
  std::string payload;
  std::string output;
  std::optional<std::int64_t> claimed_by;
  /// What ends a job is told by two events of one epoch: the first, while the second is awaited.
  std::optional<storage::event_record> half;
};

/// Knows by rules of its own, written once more and otherwise than the transition table, how a job
/// must be after each event, and compares: after each commit, every new event with what its handler
/// answered, and every row with its history. Throws violation.
class judge {
 public:
  judge(storage::connection& on, const pipeline::catalog& pipelines, const call_log& calls,
        int crash_limit)
      : on_(on), pipelines_(pipelines), calls_(calls), crash_limit_(crash_limit) {}

  /// Whether the runtime that has this identity lives, and was not the one that wrote last.
  std::function<bool(std::int64_t runtime)> is_living_other;
  /// Told of each event, as text.
  std::function<void(const std::string&)> saw;

  /// The job was submitted.
  void expect(pipeline::job_id id, const storage::new_job& job, pipeline::time_point now);

  /// Reads what is new and compares.
  void look();
  /// Compares every job with its history.
  void compare_all();

  const std::map<pipeline::job_id, expected_job>& jobs() const { return jobs_; }

 private:
  using event = storage::event_record;

  void read_events();
  void on_stage_event(const event& e);
  bool is_paused(const expected_job& j) const;
  void on_event(pipeline::job_id id, expected_job& j, const event& e);
  void on_claim(const event& e, expected_job& j);
  void on_done(const event& e, expected_job& j);
  void on_failure(const event& e, expected_job& j, bool is_last);
  void on_finalized(const event& e, expected_job& j);
  void on_control(const event& e, expected_job& j);
  void on_rescue(const event& e, expected_job& j, bool poisoned);
  void wrote(const event& e, expected_job& j);
  void require_working(const event& e, expected_job& j);
  void require_uncancelled(const event& e, const expected_job& j);
  const call& require_call(const event& e, const expected_job& j) const;
  template <class Outcome>
  const Outcome& require_answer(const event& e, const expected_job& j) const;
  void leave_output(const std::vector<pipeline::effect>& effects, expected_job& j) const;
  void compare(const storage::job_record& row);
  void read_leases();
  [[noreturn]] void fail(const std::string& invariant, const event& e,
                         const std::string& why) const;

  storage::connection& on_;
  const pipeline::catalog& pipelines_;
  const call_log& calls_;
  const int crash_limit_;
  std::map<pipeline::job_id, expected_job> jobs_;
  /// By their names.
  std::set<std::pair<std::string, std::string>> paused_;
  std::map<std::int64_t, pipeline::time_point> leases_;
  std::int64_t last_event_ = 0;
  int looks_ = 0;
  /// Jobs of the last events.
  std::set<pipeline::job_id> touched_;
};

}  // namespace millrace::simulation
