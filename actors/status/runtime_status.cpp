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

void roster::enter(runtime_phase phase) {
  const std::scoped_lock guard{mutex_};
  phase_ = phase;
}

void roster::become(const storage::runtime_key& runtime) {
  const std::scoped_lock guard{mutex_};
  identity_ = runtime;
}

void roster::spawned(const std::string& name, std::shared_ptr<const actor_gauge> gauge) {
  const std::scoped_lock guard{mutex_};
  auto& one = find(name);
  if (one.gauge)
    ++one.restarts;
  one.condition = actor_condition::starting;
  one.gauge = std::move(gauge);
}

void roster::ready(const std::string& name) {
  const std::scoped_lock guard{mutex_};
  find(name).condition = actor_condition::working;
}

void roster::crashed(const std::string& name, std::string why) {
  const std::scoped_lock guard{mutex_};
  auto& one = find(name);
  one.condition = actor_condition::crashed;
  one.crash = std::move(why);
}

void roster::stopped(const std::string& name) {
  const std::scoped_lock guard{mutex_};
  find(name).condition = actor_condition::stopped;
}

runtime_phase roster::phase() const {
  const std::scoped_lock guard{mutex_};
  return phase_;
}

std::optional<storage::runtime_key> roster::identity() const {
  const std::scoped_lock guard{mutex_};
  return identity_;
}

std::vector<roster::entry> roster::actors() const {
  const std::scoped_lock guard{mutex_};
  return actors_;
}

std::shared_ptr<stage_gauge> roster::stage(const std::string& pipeline, const std::string& stage) {
  const std::scoped_lock guard{mutex_};
  auto& one = stages_[{pipeline, stage}];
  if (!one)
    one = std::make_shared<stage_gauge>();
  return one;
}

std::vector<std::pair<std::string, std::shared_ptr<const stage_gauge>>> roster::stages() const {
  const std::scoped_lock guard{mutex_};
  std::vector<std::pair<std::string, std::shared_ptr<const stage_gauge>>> all;
  all.reserve(stages_.size());
  for (const auto& [where, gauge] : stages_)
    all.emplace_back(where.first + '.' + where.second, gauge);
  return all;
}

roster::entry& roster::find(const std::string& name) {
  const auto at = std::find_if(actors_.begin(), actors_.end(),
                               [&](const entry& one) { return one.name == name; });
  return at != actors_.end() ? *at : actors_.emplace_back(entry{.name = name});
}

}  // namespace millrace::actors
