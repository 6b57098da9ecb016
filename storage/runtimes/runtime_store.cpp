#include "storage/runtimes/runtime_store.hpp"

#include "storage/claim/lanes.hpp"

#include <chrono>
#include <set>

namespace millrace::storage {

using namespace std::chrono_literals;

runtime_id identity_in(const connection& on, runtime_id drawn) {
  constexpr runtime_id largest = (runtime_id{1} << 31) - 1;
  return on.is_shared() ? drawn : drawn % largest + 1;
}

void register_runtime(connection& on, const new_runtime& one, time_point now) {
  guarded("cannot register the runtime", [&] {
    transaction tx{on};
    // Not at once: one that was stopped and goes on must find its own row, ended.
    on.prepared<>("forget_ended_runtimes").with("before", to_us(now - 24h)).run();
    on.prepared<>("forget_served_stages").run();
    on.prepared<>("register_runtime")
        .with("runtime", one.id)
        .with("host", one.process.host)
        .with("boot", one.process.boot)
        .with("pid", one.process.pid)
        .with("session", one.process.session)
        .with("version", one.version)
        .with("lease_until", to_us(now + one.lease))
        .with("lease", one.lease.count())
        .with("now", to_us(now))
        .run();
    tx.commit();
  });
}

bool has_runtime(connection& on, const runtime_key& which) {
  return guarded("cannot look for a runtime", [&] {
    return on.prepared<std::int64_t>("find_runtime")
        .with("runtime", which.id)
        .with("started_at", to_us(which.started_at))
        .first()
        .has_value();
  });
}

renewal renew_lease(connection& on, runtime_id id, time_point lease_until) {
  return guarded("cannot renew the lease", [&] {
    transaction tx{on};
    renewal found;
    if (const auto beat = on.prepared<std::int64_t>("renew_lease")
                              .with("runtime", id)
                              .with("lease_until", to_us(lease_until))
                              .first())
      found = {renewal::answer::renewed, std::get<0>(*beat)};
    else if (on.prepared<std::int64_t>("knows_runtime").with("runtime", id).first())
      found = {renewal::answer::ended};
    tx.commit();
    return found;
  });
}

void notify_heartbeat(connection& on) {
  guarded("cannot notify", [&] { on.prepared<std::int64_t>("notify_heartbeat").first(); });
}

void end_runtime(connection& on, runtime_id id, time_point now) {
  guarded("cannot end the lease", [&] {
    transaction tx{on};
    on.prepared<>("end_runtime").with("runtime", id).with("now", to_us(now)).run();
    on.prepared<>("forget_flights").with("runtime", id).run();
    tx.commit();
  });
}

std::vector<runtime_id> serving_runtimes(connection& on, const std::string& in,
                                         const std::string& stage, time_point now) {
  return guarded("cannot look which runtimes serve a stage", [&] {
    std::vector<runtime_id> found;
    on.prepared<std::int64_t>("serving_runtimes")
        .with("pipeline", in)
        .with("stage", stage)
        .with("now", to_us(now))
        .each([&](std::int64_t id) { found.push_back(id); });
    return found;
  });
}

bool is_announced(connection& on, const std::string& in) {
  return guarded("cannot look for a pipeline", [&] {
    return std::get<0>(
               on.prepared<std::int64_t>("is_announced").with("pipeline", in).first().value()) > 0;
  });
}

void announce(connection& on, const pipeline::catalog& pipelines, runtime_id runtime,
              time_point now) {
  guarded("cannot announce the pipelines", [&] {
    transaction tx{on};
    std::set<lane_key> lanes;
    for (const auto& one : pipelines.pipelines()) {
      on.prepared<>("announce_pipeline")
          .with("pipeline", one.name)
          .with("stage", one.stages.front().name)
          .with("now", to_us(now))
          .run();
      for (const auto& stage : one.stages) {
        on.prepared<>("serve_stage")
            .with("pipeline", one.name)
            .with("stage", stage.name)
            .with("runtime", runtime)
            .run();
        lanes.insert({one.name, stage.name, {}});
      }
    }
    open_lanes(on, lanes);
    tx.commit();
  });
}

std::vector<runtime_record> list_runtimes(connection& on) {
  return guarded("cannot list runtimes", [&] {
    std::vector<runtime_record> found;
    on.prepared<std::int64_t, std::string, std::int64_t, std::string, std::int64_t, std::int64_t,
                std::int64_t>("list_runtimes")
        .each([&](std::int64_t id, const std::string& host, std::int64_t pid,
                  const std::string& version, std::int64_t started_at, std::int64_t lease_until,
                  std::int64_t ended) {
          found.push_back(
              {id, host, pid, version, from_us(started_at), from_us(lease_until), ended != 0});
        });
    return found;
  });
}

}  // namespace millrace::storage
