#pragma once

#include "storage/jobs/job_store.hpp"
#include "tests/simulation/database_copy.hpp"
#include "tests/simulation/other_hands.hpp"
#include "tests/simulation/scene.hpp"
#include "tests/simulation/simulated_runtime.hpp"

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace millrace::simulation {

/// The runtimes of one run, their database, its users, and what goes wrong.
class world {
 public:
  explicit world(scene& in);
  ~world();
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  /// All steps, then calm, then the end. Throws violation.
  void run();

 private:
  void pass_until(time_point end);
  template <class Condition>
  bool pass_while(Condition holds, duration limit);
  bool do_one(time_point end);
  void after(simulated_runtime& runtime);
  void look();
  void perform(const step& one);
  void use(const step& one);
  void submit(const step& one);
  void use_seam(const step& one);
  void step_clock(const step& one);
  void copy_database();
  void lose_commits();
  void require_no_row_stuck();
  void expect(const std::vector<storage::new_job>& some, const std::vector<pipeline::job_id>& ids);
  void clocks_were_set();
  void harm(const step& one);
  void calm_down();
  void require_all_ended();
  void require_all_stop();
  bool all_ended() const;
  simulated_runtime& pick(std::uint64_t any) { return *runtimes_[any % runtimes_.size()]; }

  /// What is put back when commits are lost.
  struct copy {
    explicit copy(const std::filesystem::path& of) : database(of) {}
    database_copy database;
    judge::memory known;
    std::vector<pipeline::job_id> ids;
    std::set<call_log::key_type> calls;
  };

  fleet_facts facts_of_fleet();

  scene& in_;
  const fleet_facts fleet_;
  storage::connection on_;
  storage::job_store jobs_;
  judge judge_;
  other_hands others_;
  std::unique_ptr<copy> copy_;
  std::vector<pipeline::job_id> ids_;
  std::vector<std::unique_ptr<simulated_runtime>> runtimes_;
  simulated_runtime* last_ = nullptr;
};

}  // namespace millrace::simulation
