#pragma once

#include "storage/job_store.hpp"
#include "tests/simulation/scene.hpp"
#include "tests/simulation/simulated_runtime.hpp"

#include <memory>
#include <string>
#include <vector>

namespace millrace::simulation {

/// The runtimes of one run, their database, those who use it, and what goes wrong.
class world {
 public:
  explicit world(scene& in);
  ~world();
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  /// All steps, then calm, then the end. Throws violation.
  void run();

 private:
  void pass_until(pipeline::time_point end);
  template <class Condition>
  bool pass_while(Condition holds, pipeline::duration limit);
  bool do_one(pipeline::time_point end);
  void after(simulated_runtime& who);
  void look();
  void perform(const step& one);
  void use(const step& one);
  void submit(const step& one);
  void harm(const step& one);
  void calm_down();
  void require_all_ended();
  void require_all_stop();
  bool all_ended() const;
  simulated_runtime& pick(std::uint64_t any) { return *runtimes_[any % runtimes_.size()]; }

  scene& in_;
  storage::connection on_;
  storage::job_store jobs_;
  judge judge_;
  std::vector<pipeline::job_id> ids_;
  std::vector<std::unique_ptr<simulated_runtime>> runtimes_;
  simulated_runtime* last_ = nullptr;
};

}  // namespace millrace::simulation
