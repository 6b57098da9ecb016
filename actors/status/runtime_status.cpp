#include "actors/status/runtime_status.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace millrace::actors {

std::string_view to_string(runtime_phase phase) {
  constexpr std::array names{"starting", "running", "restarting", "draining", "stopping"};
  return names.at(static_cast<std::size_t>(phase));
}

std::string_view to_string(actor_condition condition) {
  constexpr std::array names{"starting", "working", "crashed", "stopped"};
  return names.at(static_cast<std::size_t>(condition));
}

std::string stage_actor_name(const std::string& pipeline, const std::string& stage) {
  return "stage:" + pipeline + '.' + stage;
}

void runtime_status::enter(runtime_phase phase) {
  {
    const std::scoped_lock guard{mutex_};
    phase_ = phase;
  }
  if (listener_)
    listener_(phase);
}

void runtime_status::become(const storage::runtime_key& runtime) {
  const std::scoped_lock guard{mutex_};
  identity_ = runtime;
}

void runtime_status::spawned(const std::string& name,
                             std::shared_ptr<const actor_metrics> metrics) {
  const std::scoped_lock guard{mutex_};
  auto& one = find(name);
  if (one.metrics)
    ++one.restarts;
  one.condition = actor_condition::starting;
  one.metrics = std::move(metrics);
}

void runtime_status::ready(const std::string& name) {
  const std::scoped_lock guard{mutex_};
  find(name).condition = actor_condition::working;
}

void runtime_status::crashed(const std::string& name, std::string why) {
  const std::scoped_lock guard{mutex_};
  auto& one = find(name);
  one.condition = actor_condition::crashed;
  one.crash = std::move(why);
}

void runtime_status::stopped(const std::string& name) {
  const std::scoped_lock guard{mutex_};
  find(name).condition = actor_condition::stopped;
}

runtime_phase runtime_status::phase() const {
  const std::scoped_lock guard{mutex_};
  return phase_;
}

std::optional<storage::runtime_key> runtime_status::identity() const {
  const std::scoped_lock guard{mutex_};
  return identity_;
}

std::vector<runtime_status::entry> runtime_status::actors() const {
  const std::scoped_lock guard{mutex_};
  return actors_;
}

std::shared_ptr<stage_metrics> runtime_status::stage(const std::string& pipeline,
                                                     const std::string& stage) {
  const std::scoped_lock guard{mutex_};
  auto& one = stages_[{pipeline, stage}];
  if (!one)
    one = std::make_shared<stage_metrics>();
  return one;
}

runtime_status::stage_map runtime_status::stages() const {
  const std::scoped_lock guard{mutex_};
  return {stages_.begin(), stages_.end()};
}

void runtime_status::report(std::shared_ptr<const health_report> seen) {
  const std::scoped_lock guard{mutex_};
  last_report_ = std::move(seen);
}

std::shared_ptr<const health_report> runtime_status::last_report() const {
  const std::scoped_lock guard{mutex_};
  return last_report_;
}

runtime_status::entry& runtime_status::find(const std::string& name) {
  const auto at = std::find_if(actors_.begin(), actors_.end(),
                               [&](const entry& one) { return one.name == name; });
  return at != actors_.end() ? *at : actors_.emplace_back(entry{.name = name});
}

}  // namespace millrace::actors
