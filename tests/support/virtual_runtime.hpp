#pragma once

#include "actors/inspector.hpp"
#include "actors/tree.hpp"
#include "storage/data_dir.hpp"
#include "storage/database.hpp"
#include "storage/job_queries.hpp"
#include "storage/job_store.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/temp_dir.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>

#include <memory>
#include <string>
#include <vector>

namespace millrace::tests {

/// A whole runtime on virtual time: the real actor tree over a real SQLite database, with inline
/// executors, so that nothing happens but what the test asks for.
class virtual_runtime {
 public:
  virtual_runtime();
  ~virtual_runtime();

  // Before start().
  actors::runtime_settings settings;
  pipeline::registry handlers;
  std::vector<pipeline::definition> pipelines;
  std::vector<storage::schedule> schedules;
  std::vector<actors::child_spec> more_children;
  std::vector<std::shared_ptr<pipeline::remote::service>> remote;

  /// Spawns the tree and lets it do what it does without time passing.
  void start();
  /// Lets time pass in steps of at most 10 ms, and everything happen that falls due.
  void pass(pipeline::duration time);
  /// Lets time pass until the condition holds; false when it does not within an hour.
  template <class Condition>
  bool pass_until(Condition holds) {
    for (int step = 0; step < 36'000 && !holds(); ++step)
      pass(std::chrono::milliseconds{100});
    return holds();
  }
  /// The poller is told that somebody may have added jobs.
  void wake();
  void stop();
  /// The process dies: no actor gets to do anything more.
  void kill();

  std::vector<pipeline::job_id> submit(int count, std::uint16_t pipeline = 0);
  storage::job_record job(pipeline::job_id id);
  /// Events of the job as "stage type code", in order.
  std::vector<std::string> history(pipeline::job_id id);
  /// The names of the children that are alive.
  std::vector<std::string> alive();
  /// All components have reported, and jobs are claimed.
  bool is_running() { return components().running; }
  /// A child that is alive, by name.
  caf::actor child(const std::string& name);
  /// Ends a child as a bug would.
  void crash(const std::string& name);
  /// What the inspector answers.
  template <class View, class Question>
  View inspect(Question question) {
    const auto inspector = caf::actor_cast<actors::inspector_actor>(child("inspector"));
    View answer;
    caf::scoped_actor me{*system_};
    auto request = me->request(inspector, caf::infinite, std::move(question));
    run();
    request.receive([&](View& msg) { answer = std::move(msg); }, [](const caf::error&) {});
    return answer;
  }
  bool has_ended() const { return ended_; }
  const actors::run_report& report() const { return *report_; }
  manual_clock& time() { return time_; }
  storage::connection& database() { return *database_; }
  storage::job_store& jobs() { return *jobs_; }

 private:
  void run();
  std::shared_ptr<actors::writer> make_writer() const;
  actors::components components();

  temp_dir dir_;
  manual_clock time_;
  std::unique_ptr<pipeline::catalog> catalog_;
  std::unique_ptr<storage::connection> database_;
  std::unique_ptr<storage::job_store> jobs_;
  std::shared_ptr<storage::hand_journal> hands_;
  std::unique_ptr<actors::runtime_parts> parts_;
  std::shared_ptr<actors::run_report> report_;
  struct test_config;
  std::unique_ptr<test_config> config_;
  std::unique_ptr<caf::actor_system> system_;
  actors::supervisor_actor supervisor_;
  bool ended_ = false;
};

}  // namespace millrace::tests
