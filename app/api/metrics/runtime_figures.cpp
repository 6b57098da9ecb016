#include "actors/inspector/server/build_views.hpp"
#include "app/api/metrics/families.hpp"
#include "app/api/metrics/figures.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::app::api {
namespace {

using in_seconds = std::chrono::duration<double>;
using actors::stage_metrics;

/// A stage as it was read once, for all families.
struct read_stage {
  std::string_view pipeline;
  std::string_view stage;
  stage_metrics::reading now;
  stage_metrics::totals all;
  double longest_wait = 0;
};

double since(const std::optional<stage_metrics::instant>& begin, stage_metrics::instant now) {
  return begin ? std::max(in_seconds{now - *begin}.count(), 0.0) : 0.0;
}

std::vector<read_stage> read_all(const actors::runtime_status::stage_map& stages,
                                 stage_metrics::instant now) {
  std::vector<read_stage> all;
  for (const auto& [name, metrics] : stages)
    all.push_back({name.first, name.second, metrics->read(now), metrics->all(),
                   since(metrics->waiting_since(), now)});
  return all;
}

void add_settled(metrics_text& to, const std::vector<read_stage>& stages) {
  to.family(families::SETTLED);
  for (const auto& stage : stages) {
    const auto& became = stage.all.settled;
    for (const auto& [outcome, count] :
         std::initializer_list<std::pair<const char*, std::int64_t>>{{"done", became.done},
                                                                     {"advanced", became.moved},
                                                                     {"retried", became.retried},
                                                                     {"dead", became.dead}})
      to.sample({stage.pipeline, stage.stage, outcome}, count);
  }
  to.family(families::FENCED);
  for (const auto& stage : stages)
    to.sample({stage.pipeline, stage.stage}, stage.all.settled.fenced);
}

/// The figures of an actor that is gone are those of no actor.
bool is_alive(const actors::runtime_status::entry& actor) {
  using enum actors::actor_condition;
  return actor.metrics && (actor.condition == starting || actor.condition == working);
}

void add_actors(metrics_text& to, const std::vector<actors::runtime_status::entry>& all) {
  to.family(families::ACTOR_UP);
  for (const auto& actor : all)
    to.flag({actor.name}, actor.condition == actors::actor_condition::working);
  to.family(families::ACTOR_MAILBOX);
  for (const auto& actor : all)
    if (is_alive(actor))
      to.sample({actor.name}, actor.metrics->depth.load());
  to.family(families::ACTOR_MESSAGES);
  for (const auto& actor : all)
    if (is_alive(actor))
      to.sample({actor.name}, actor.metrics->handled.load());
  to.family(families::ACTOR_BUSY);
  for (const auto& actor : all)
    if (is_alive(actor))
      to.sample({actor.name}, static_cast<double>(actor.metrics->busy_ns.load()) / 1e9);
  to.family(families::ACTOR_RESTARTS);
  for (const auto& actor : all)
    to.sample({actor.name}, std::int64_t{actor.restarts});
}

void add_state(metrics_text& to, std::string_view state) {
  to.family(families::HEALTH);
  for (const auto* known : {"healthy", "degraded", "unhealthy"})
    to.flag({known}, state == known);
}

}  // namespace

void add_runtime(metrics_text& to, const actors::runtime_status& status) {
  using enum actors::runtime_phase;
  to.family(families::PHASE);
  for (const auto phase : {starting, running, restarting, draining, stopping})
    to.flag({to_string(phase)}, status.phase() == phase);
  const auto& befell = *status.befell();
  to.family(families::IDENTITIES_LOST);
  to.sample({"lease"}, befell.leases_lost.load());
  to.sample({"commits"}, befell.commits_lost.load());
  to.family(families::JOBS_RESCUED);
  to.sample({"queued"}, befell.jobs_requeued.load());
  to.sample({"dead"}, befell.jobs_poisoned.load());
  add_actors(to, status.actors());
}

void add_stages(metrics_text& to, const actors::runtime_status& status, const both_clocks& now) {
  const auto map = status.stages();
  const auto stages = read_all(map, now.steady);
  add_settled(to, stages);
  to.family(families::HANDLER_DURATION);
  for (const auto& stage : stages)
    to.histogram({stage.pipeline, stage.stage}, stage_metrics::call_bounds, stage.all.within,
                 in_seconds{stage.all.took}.count());
  to.family(families::STAGE_WAITING);
  for (const auto& stage : stages)
    to.sample({stage.pipeline, stage.stage}, stage.now.waiting);
  to.family(families::STAGE_RUNNING);
  for (const auto& stage : stages)
    to.sample({stage.pipeline, stage.stage}, stage.now.in_handler);
  to.family(families::STAGE_LONGEST_WAIT);
  for (const auto& stage : stages)
    to.sample({stage.pipeline, stage.stage}, stage.longest_wait);
  to.family(families::STAGE_LONGEST_CALL);
  for (const auto& stage : stages)
    to.sample({stage.pipeline, stage.stage}, since(stage.now.slowest_since, now.steady));
}

void add_traces(metrics_text& to, const pipeline::tracing::exporter& traces) {
  const auto spans = traces.count();
  to.family(families::SPANS);
  to.sample({"sent"}, spans.sent);
  to.sample({"dropped"}, spans.dropped);
}

void add_health(metrics_text& to, const actors::runtime_status& status, duration hung_after,
                const both_clocks& now) {
  const auto report = status.last_report();
  if (!report)
    return;
  const auto health =
      actors::build_health(actors::judge_health(report->reasons), status, hung_after);
  add_state(to, health.state);
  to.family(families::HEALTH_REASONS);
  for (const auto& [about, name] : actors::concern_names) {
    auto count =
        std::count_if(report->reasons.begin(), report->reasons.end(),
                      [&, wanted = about](const auto& one) { return one.about == wanted; });
    // Those that hang now were found out just now.
    if (about == actors::concern::actor)
      count += std::ssize(health.reasons) - std::ssize(report->reasons);
    to.sample({name}, std::int64_t{count});
  }
  const auto& seen = report->seen;
  to.family(families::HEALTH_CHECKED);
  to.sample({}, in_seconds{now.wall.time_since_epoch()}.count() - since(report->at, now.steady));
  to.family(families::OLDEST_DUE);
  to.sample({}, in_seconds{duration{seen.database.lag_us}}.count());
  to.family(families::HORIZON_AGE);
  if (const auto age = seen.database.horizon_age)
    to.sample({}, in_seconds{*age}.count());
  add_services(to, actors::build_services({seen.services}));
}

void add_health(metrics_text& to, const actors::health_view& seen) { add_state(to, seen.state); }

void add_services(metrics_text& to, const actors::services_view& seen) {
  to.family(families::ENDPOINT_UP);
  for (const auto& service : seen.services)
    for (const auto& endpoint : service.endpoints)
      to.flag({service.name, endpoint.url}, endpoint.is_well);
  to.family(families::BREAKER);
  for (const auto& service : seen.services)
    for (const auto& endpoint : service.endpoints)
      for (const auto* state : {"closed", "open", "half-open"})
        to.flag({service.name, endpoint.url, state}, endpoint.breaker == state);
}

}  // namespace millrace::app::api
