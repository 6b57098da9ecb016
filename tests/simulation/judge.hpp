#pragma once

#include "storage/history/job_queries.hpp"
#include "storage/jobs/job_rules.hpp"
#include "storage/jobs/types.hpp"
#include "tests/simulation/calls.hpp"
#include "tests/simulation/expected_job.hpp"
#include "tests/simulation/lease_judge.hpp"
#include "tests/simulation/limit_judge.hpp"
#include "tests/simulation/violation.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace millrace::simulation {

/// Knows by rules of its own, written once more and otherwise than the transition table, how a job
/// must be after each event, and compares: after each commit, every new event with what its handler
/// answered, and every row with its history. Throws violation.
class judge {
 public:
  judge(storage::connection& on, const pipeline::catalog& pipelines, const call_log& calls,
        const storage::job_rules& rules, const fleet_facts& fleet)
      : on_(on),
        pipelines_(pipelines),
        calls_(calls),
        rules_(rules),
        fleet_(fleet),
        limits_(pipelines, rules),
        leases_(fleet) {}

  /// Jobs are made without a submit.
  bool has_schedules = false;
  /// Told of each event, as text.
  std::function<void(const std::string&)> saw;

  /// The job was submitted.
  void expect(pipeline::job_id id, const storage::new_job& job, time_point now);

  /// Reads what is new and compares.
  void look(time_point now);
  /// Compares every job with its history.
  void compare_all();
  /// Nothing was written, and it is later.
  void time_passed(time_point now) { leases_.require_rescued(known_.jobs, now); }

  /// No fault comes any more.
  void begin_calm() { is_calm_ = true; }
  void runtime_died() { limits_.begin_again(); }
  void clocks_were_set(bool are_alike) { limits_.clocks_were_set(are_alike); }
  /// Jobs were submitted that a full pipeline would refuse, or they were refused.
  void on_submission(const std::vector<storage::new_job>& jobs, bool was_accepted) const;

  /// Other hands have written the job's row: nothing is known of it any more.
  void give_up(pipeline::job_id id);
  const std::set<pipeline::job_id>& given_up() const { return known_.given_up; }

  /// What it knows, when the database is copied; and again, when the copy takes its place.
  /// What it has read.
  struct memory {
    std::map<pipeline::job_id, expected_job> jobs;
    std::set<pipeline::job_id> given_up;
    /// By their names.
    std::set<std::pair<std::string, std::string>> paused;
    /// Jobs that schedules made, by what they were made for.
    std::set<std::string> scheduled;
    std::int64_t last_event = 0;
  };
  memory remember() const { return known_; }
  void go_back(const memory& to, time_point now);

  const std::map<pipeline::job_id, expected_job>& jobs() const { return known_.jobs; }

 private:
  using event = storage::event_record;

  void adopt_scheduled();
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
  [[noreturn]] void fail(const std::string& invariant, const event& e,
                         const std::string& why) const;

  storage::connection& on_;
  const pipeline::catalog& pipelines_;
  const call_log& calls_;
  const storage::job_rules& rules_;
  const fleet_facts& fleet_;
  limit_judge limits_;
  lease_judge leases_;
  bool is_calm_ = false;
  memory known_;
  time_point now_{};
  int looks_ = 0;
  /// Jobs of the last events.
  std::set<pipeline::job_id> touched_;
};

}  // namespace millrace::simulation
