#include "actors/inspector/client/client.hpp"
#include "app/api/routes/metrics_text.hpp"
#include "app/api/routes/routes.hpp"
#include "app/version.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

namespace millrace::app::api {
namespace {

using seconds = std::chrono::duration<double>;
constexpr double us_in_s = 1e6;

void add_actors(metrics_text& to, const actors::runtime_status& status) {
  const auto all = status.actors();
  const auto each = [&](auto add) {
    for (const auto& actor : all)
      if (actor.metrics)
        add(actor.name, *actor.metrics);
  };
  to.family("millrace_actor_mailbox_messages", "gauge", "Messages that wait in the mailbox.");
  each([&](const auto& name, const auto& of) {
    to.sample("", {{"actor", name}}, of.depth.load(std::memory_order_relaxed));
  });
  to.family("millrace_actor_messages", "counter", "Messages that were handled.");
  each([&](const auto& name, const auto& of) {
    to.sample("_total", {{"actor", name}}, of.handled.load(std::memory_order_relaxed));
  });
  to.family("millrace_actor_busy_seconds", "counter", "How long the actor handled messages.");
  each([&](const auto& name, const auto& of) {
    to.sample("_total", {{"actor", name}},
              static_cast<double>(of.busy_ns.load(std::memory_order_relaxed)) / 1e9);
  });
  to.family("millrace_actor_restarts", "counter", "How often the actor was started again.");
  for (const auto& actor : all)
    to.sample("_total", {{"actor", actor.name}}, std::int64_t{actor.restarts});
}

void add_settled(metrics_text& to, const actors::runtime_status::stage_map& stages) {
  to.family("millrace_jobs_settled", "counter",
            "Jobs that this runtime settled: done, advanced to the next stage, retried or dead.");
  for (const auto& [where, metrics] : stages) {
    const auto& became = metrics->all().settled;
    for (const auto& [outcome, count] : {std::pair<const char*, std::int64_t>{"done", became.done},
                                         {"advanced", became.moved},
                                         {"retried", became.retried},
                                         {"dead", became.dead}})
      to.sample("_total",
                {{"pipeline", where.first}, {"stage", where.second}, {"outcome", outcome}}, count);
  }
}

void add_calls(metrics_text& to, const actors::runtime_status::stage_map& stages) {
  to.family("millrace_handler_duration_seconds", "histogram",
            "Within how long a job came back from the handler of its stage.");
  for (const auto& [where, metrics] : stages) {
    const auto all = metrics->all();
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < all.within.size(); ++i) {
      sum += all.within.at(i);
      const auto bound = i < actors::stage_metrics::call_bounds.size()
                             ? fmt::to_string(actors::stage_metrics::call_bounds.at(i))
                             : std::string{"+Inf"};
      to.sample("_bucket", {{"pipeline", where.first}, {"stage", where.second}, {"le", bound}},
                sum);
    }
    to.sample("_sum", {{"pipeline", where.first}, {"stage", where.second}},
              seconds{all.took}.count());
    to.sample("_count", {{"pipeline", where.first}, {"stage", where.second}}, sum);
  }
}

void add_stages(metrics_text& to, const actors::runtime_status& status) {
  const auto stages = status.stages();
  const auto now = std::chrono::steady_clock::now();
  add_settled(to, stages);
  add_calls(to, stages);
  to.family("millrace_stage_waiting_jobs", "gauge",
            "Jobs that this runtime has claimed and no handler has begun.");
  for (const auto& [where, metrics] : stages)
    to.sample("", {{"pipeline", where.first}, {"stage", where.second}}, metrics->read(now).waiting);
  to.family("millrace_stage_running_jobs", "gauge", "Jobs that a handler has.");
  for (const auto& [where, metrics] : stages)
    to.sample("", {{"pipeline", where.first}, {"stage", where.second}},
              metrics->read(now).in_handler);
  to.family("millrace_stage_longest_wait_seconds", "gauge",
            "How long the oldest of the jobs has waited that this runtime has claimed.");
  for (const auto& [where, metrics] : stages)
    if (const auto since = metrics->waiting_since())
      to.sample("", {{"pipeline", where.first}, {"stage", where.second}},
                seconds{now - *since}.count());
}

/// What the inspector of the runtime knows: jobs by state, as they were counted last.
struct seen_by_inspector {
  actors::stages_view stages;
  actors::health_view health;
  actors::services_view services;
};

std::optional<seen_by_inspector> ask_inspector(const call& in) {
  try {
    actors::attachment to{{.data_dir = in.around().config.values.runtime.data_dir},
                          std::string{version()}};
    return seen_by_inspector{to.stages(), to.health(), to.services()};
  } catch (const actors::attach_error&) {
    return std::nullopt;  // There is no runtime here: the figures are those of the server.
  }
}

void add_jobs(metrics_text& to, const actors::stages_view& view) {
  if (view.counted_at_us == 0)
    return;
  to.family("millrace_jobs", "gauge", "Jobs in the database, of all runtimes.");
  for (const auto& stage : view.stages)
    for (const auto& [state, count] :
         {std::pair<const char*, std::int64_t>{"queued", stage.jobs.queued},
          {"working", stage.jobs.working},
          {"retryable", stage.jobs.retryable},
          {"done", stage.jobs.done},
          {"deadletter", stage.jobs.deadletter},
          {"cancelled", stage.jobs.cancelled}})
      to.sample("", {{"pipeline", stage.pipeline}, {"stage", stage.stage}, {"state", state}},
                count);
  to.family("millrace_jobs_counted_timestamp_seconds", "gauge", "When the jobs were counted.");
  to.sample("", {}, static_cast<double>(view.counted_at_us) / us_in_s);
  to.family("millrace_stage_paused", "gauge", "1 where the stage is paused.");
  for (const auto& stage : view.stages)
    to.sample("", {{"pipeline", stage.pipeline}, {"stage", stage.stage}},
              std::int64_t{stage.paused_at_us != 0});
}

void add_health(metrics_text& to, const seen_by_inspector& seen) {
  to.family("millrace_health", "gauge", "1 for the state in which the runtime is.");
  for (const auto* state : {"healthy", "degraded", "unhealthy"})
    to.sample("", {{"state", state}}, std::int64_t{seen.health.state == state});
  to.family("millrace_service_endpoint_up", "gauge", "1 where the endpoint is in order.");
  for (const auto& service : seen.services.services)
    for (const auto& endpoint : service.endpoints)
      to.sample("", {{"service", service.name}, {"endpoint", endpoint.url}},
                std::int64_t{endpoint.is_well});
}

void add_process(metrics_text& to) {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto spent = [](const timeval& of) {
    return static_cast<double>(of.tv_sec) + static_cast<double>(of.tv_usec) / us_in_s;
  };
  to.family("process_cpu_seconds", "counter", "CPU time of the process.");
  to.sample("_total", {}, spent(used.ru_utime) + spent(used.ru_stime));
  std::int64_t pages = 0;
  std::int64_t resident = 0;
  std::ifstream{"/proc/self/statm"} >> pages >> resident;
  to.family("process_resident_memory_bytes", "gauge", "Memory of the process.");
  to.sample("", {}, resident * ::sysconf(_SC_PAGESIZE));
}

}  // namespace

response get_metrics(call& in) {
  in.require_unbound("the figures are those of all jobs, and the token is bound");
  metrics_text text;
  text.family("millrace_build", "info", "The version.");
  text.sample("_info", {{"version", version()}}, std::int64_t{1});
  if (const auto& status = in.around().status) {
    text.family("millrace_runtime_phase", "gauge", "1 for the phase in which the runtime is.");
    text.sample("", {{"phase", to_string(status->phase())}}, std::int64_t{1});
    add_stages(text, *status);
    add_actors(text, *status);
  }
  if (const auto seen = ask_inspector(in)) {
    add_jobs(text, seen->stages);
    add_health(text, *seen);
  }
  add_process(text);
  return typed_response(std::string{openmetrics_type}, text.finish());
}

}  // namespace millrace::app::api
