#pragma once

#include "actors/status/actor_metrics.hpp"
#include "actors/status/health_rules.hpp"
#include "actors/status/incidents.hpp"
#include "actors/status/job_progress.hpp"
#include "actors/status/stage_metrics.hpp"
#include "actors/status/work_tally.hpp"
#include "storage/runtimes/runtime_key.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::actors {

enum class runtime_phase : std::uint8_t { starting, running, restarting, draining, stopping };
enum class actor_condition : std::uint8_t { starting, working, crashed, stopped };

std::string_view to_string(runtime_phase phase);
std::string_view to_string(actor_condition condition);

/// Under which name a stage's handler is known.
std::string stage_actor_name(const std::string& pipeline, const std::string& stage);

/// The actors of a runtime and how each fares, and what the health monitor saw: written by the
/// supervisor and by that, readable from any thread at any time, also while the writers hang.
class runtime_status {
 public:
  struct entry {
    std::string name;
    actor_condition condition = actor_condition::starting;
    int restarts = 0;
    /// Why it crashed last; empty when it never did.
    std::string crash;
    std::shared_ptr<const actor_metrics> metrics;
  };

  /// Calls the listener, too.
  void enter(runtime_phase phase);
  /// Is called with every phase from now on, from any thread. Set it before the tree is there.
  void on_phase(std::function<void(runtime_phase)> listener) { listener_ = std::move(listener); }
  /// The runtime has this identity from now on.
  void become(const storage::runtime_key& runtime);

  void spawned(const std::string& name, std::shared_ptr<const actor_metrics> metrics);
  void ready(const std::string& name);
  void crashed(const std::string& name, std::string why);
  void stopped(const std::string& name);

  runtime_phase phase() const;
  /// Nothing before it has registered with the database.
  std::optional<storage::runtime_key> identity() const;
  /// In the order in which they were spawned first.
  std::vector<entry> actors() const;

  /// The stage's numbers; the same object across restarts of its actor.
  std::shared_ptr<stage_metrics> stage(const std::string& pipeline, const std::string& stage);

  /// By the names of pipeline and stage.
  using stage_map =
      std::map<std::pair<std::string, std::string>, std::shared_ptr<const stage_metrics>>;
  /// All of them so far.
  stage_map stages() const;

  /// What became of the jobs that were settled.
  const std::shared_ptr<work_tally>& tally() const { return tally_; }

  /// What the health monitor saw last; null before it has seen anything.
  void report(std::shared_ptr<const health_report> seen);
  std::shared_ptr<const health_report> last_report() const;

  const std::shared_ptr<incidents>& befell() const { return befell_; }

  /// How far the jobs are that are in handlers.
  const std::shared_ptr<job_progress>& progress() const { return progress_; }

 private:
  entry& find(const std::string& name);

  mutable std::mutex mutex_;
  std::function<void(runtime_phase)> listener_;
  runtime_phase phase_ = runtime_phase::starting;
  std::optional<storage::runtime_key> identity_;
  std::vector<entry> actors_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<stage_metrics>> stages_;
  const std::shared_ptr<job_progress> progress_ = std::make_shared<job_progress>();
  const std::shared_ptr<work_tally> tally_ = std::make_shared<work_tally>();
  std::shared_ptr<const health_report> last_report_;
  const std::shared_ptr<incidents> befell_ = std::make_shared<incidents>();
};

}  // namespace millrace::actors
