#pragma once

#include "actors/inspector/server/inspector.hpp"
#include "storage/db/database.hpp"
#include "storage/history/job_queries.hpp"
#include "storage/jobs/job_store.hpp"
#include "storage/runtimes/crash_journal.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/virtual_tree.hpp"

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
  void pass(duration time);
  /// Lets time pass until the condition holds; false when it does not within an hour.
  template <class Condition>
  bool pass_until(Condition holds) {
    for (int step = 0; step < 36'000 && !holds(); ++step)
      pass(std::chrono::milliseconds{100});
    return holds();
  }
  /// The poller is told that there may be new jobs.
  void wake();
  void stop();
  /// The process dies: no actor gets to do anything more.
  void kill() { tree_.kill(); }

  std::vector<pipeline::job_id> submit(int count, std::uint16_t pipeline = 0);
  storage::job_record job(pipeline::job_id id);
  /// Events of the job as "stage type code", in order.
  std::vector<std::string> history(pipeline::job_id id);
  /// The names of the children that are alive.
  std::vector<std::string> alive();
  /// All components have reported, and jobs are claimed.
  bool is_running() { return tree_.components().running; }
  /// A child that is alive, by name.
  caf::actor child(const std::string& name);
  /// Ends a child as a bug would.
  void crash(const std::string& name);
  /// What the inspector answers.
  template <class View, class Request>
  View inspect(Request asked) {
    const auto inspector = caf::actor_cast<actors::inspector_actor>(child("inspector"));
    View answer;
    caf::scoped_actor me{tree_.system()};
    auto request = me->request(inspector, caf::infinite, std::move(asked));
    tree_.run();
    request.receive([&](View& msg) { answer = std::move(msg); }, [](const caf::error&) {});
    return answer;
  }
  bool has_ended() const { return tree_.has_ended(); }
  const actors::run_report& report() const { return tree_.report(); }
  manual_clock& time() { return time_; }
  storage::connection& database() { return *database_; }
  storage::job_store& jobs() { return *jobs_; }

 private:
  std::shared_ptr<actors::writer> make_writer() const;

  temp_dir dir_;
  manual_clock time_;
  std::unique_ptr<pipeline::catalog> catalog_;
  std::unique_ptr<storage::connection> database_;
  std::unique_ptr<storage::job_store> jobs_;
  std::shared_ptr<storage::crash_journal> journal_;
  std::unique_ptr<actors::runtime_parts> parts_;
  virtual_tree tree_;
};

}  // namespace millrace::tests
