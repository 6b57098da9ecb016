#pragma once

#include "actors/runtime/actor_tree.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>

#include <memory>
#include <vector>

namespace millrace::tests {

/// The real tree of actors under CAF's test coordinator: no message is handled and no time passes
/// but when the test says so.
class virtual_tree {
 public:
  virtual_tree();
  ~virtual_tree();
  virtual_tree(const virtual_tree&) = delete;
  virtual_tree& operator=(const virtual_tree&) = delete;

  /// Spawns the tree; handles no message yet. What it is made of must outlive it.
  void spawn(const actors::tree_dependencies& around, const actors::runtime_settings& settings,
             const actors::runtime_parts& parts, std::vector<actors::child_spec> more = {});

  caf::scheduler::test_coordinator& scheduler();
  /// Handles every message.
  void run() { scheduler().run(); }

  /// As a signal to the process does; handles nothing yet.
  void stop();
  /// Every actor ends as soon as it comes to it; handles every message.
  void kill();
  bool has_ended() const { return *ended_; }
  const actors::run_report& report() const { return *report_; }

  /// Which children are alive. Handles every message.
  actors::components components();
  /// A child that is alive, by name; null when there is none. Handles every message.
  caf::actor find(const std::string& name);
  /// Ends a child as a bug would; handles nothing yet.
  void crash(const caf::actor& victim);

  caf::actor_system& system() { return *system_; }

 private:
  struct test_config;
  std::unique_ptr<test_config> config_;
  std::unique_ptr<caf::actor_system> system_;
  std::shared_ptr<actors::run_report> report_ = std::make_shared<actors::run_report>();
  std::shared_ptr<bool> ended_ = std::make_shared<bool>(false);
  actors::supervisor_actor supervisor_;
};

}  // namespace millrace::tests
