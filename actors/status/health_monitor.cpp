#include "actors/status/health_monitor.hpp"

#include "actors/status/actor_metrics.hpp"
#include "base/log.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace millrace::actors {
namespace {

using instant = caf::actor_clock::time_point;

struct look_at_health {
  using local_message = void;
};

using monitor_impl = with_private<health_monitor_actor, caf::result<void>(look_at_health)>;

struct monitor_state {
  static inline const char* name = "health_monitor";

  monitor_impl::pointer self = nullptr;
  health_settings settings;
  watch_actors watched;
  /// Since when an actor owes an answer.
  std::map<std::string, instant> owed;
  std::optional<instant> probe_owed;
  database_probed database;
  bool probed = false;
  std::vector<pipeline::remote::service_health> services;
  std::string retention_trouble;
  /// What the poller was told last.
  std::optional<bool> admitting;
  std::vector<pipeline::trouble> troubles;
  health current;
  /// What the log was told of last, and when.
  work_tally::totals told;
  std::optional<instant> told_at;

  void watch(const watch_actors& msg) {
    watched = msg;
    owed.clear();
    probe_owed.reset();
    probed = false;
    admitting.reset();
    look();
  }

  void on_timer() {
    look();
    tell_progress();
    self->delayed_send(self, settings.interval, look_at_health{});
  }

 private:
  void look() {
    judge();
    const auto now = self->clock().now();
    for (const auto& [actor_name, actor] : watched.all)
      if (owed.try_emplace(actor_name, now).second)
        self->request(actor, caf::infinite, ping{})
            .then([this, key = actor_name](pong) { owed.erase(key); }, [](const caf::error&) {});
    if (watched.router)
      self->request(watched.router, caf::infinite, get_services{})
          .then(
              [this](services_seen& msg) {
                services = std::move(msg.all);
                troubles = std::move(msg.troubles);
              },
              [](const caf::error&) {});
    if (watched.retention)
      self->request(watched.retention, caf::infinite, get_retention{})
          .then([this](const retention_seen& msg) { retention_trouble = msg.trouble; },
                [](const caf::error&) {});
    if (watched.store && !probe_owed) {
      probe_owed = now;
      self->request(watched.store, caf::infinite, probe_database{})
          .then(
              [this](const database_probed& msg) {
                probe_owed.reset();
                probed = true;
                database = msg;
                judge();
              },
              [](const caf::error&) {});
    }
  }

  void judge() {
    if (!probed && !probe_owed)
      return;
    const auto now = self->clock().now();
    const auto silence = [&](instant since) {
      return std::chrono::duration_cast<duration>(now - since);
    };
    observations seen;
    for (const auto& [actor_name, since] : owed)
      seen.silent_for.emplace_back(actor_name, silence(since));
    if (probe_owed)
      seen.database_silent_for = silence(*probe_owed);
    seen.database = database;
    // What was claimed and has not begun waits as well.
    for (const auto& [unused, stage] : settings.status->stages())
      if (const auto since = stage->waiting_since())
        seen.database.lag_us =
            std::max<std::int64_t>(seen.database.lag_us, silence(*since).count());
    seen.services = services;
    seen.troubles = troubles;
    seen.deaths = settings.status->tally()->lately(now);
    seen.retention_trouble = retention_trouble;
    // Before the first answer there is no reading of the disk to judge by.
    if (!probed)
      seen.database.free_bytes = settings.limits.min_free_bytes;
    auto reasons = find_reasons(seen, settings.limits);
    tell(judge_health(reasons));
    if (probed)
      admit(has_room(seen, settings.limits));
    settings.status->report(std::make_shared<const health_report>(
        health_report{std::move(seen), std::move(reasons), now}));
  }

  /// Once a minute, if anything was done in it.
  void tell_progress() {
    constexpr std::chrono::minutes interval{1};
    const auto now = self->clock().now();
    if (!told_at)
      told_at = now;
    if (now - *told_at < interval)
      return;
    const auto all = settings.status->tally()->all();
    if (all != told) {
      std::int64_t in_hand = 0;
      for (const auto& [unused, metrics] : settings.status->stages()) {
        const auto at = metrics->read(now);
        in_hand += at.waiting + at.in_handler;
      }
      const std::chrono::duration<double> took = now - *told_at;
      log_event(log_level::info, "WORK_DONE",
                {{"done", all.done - told.done},
                 {"dead", all.dead - told.dead},
                 {"retried", all.retried - told.retried},
                 {"moved", all.moved - told.moved},
                 {"per_second", static_cast<double>(all.done - told.done) / took.count()},
                 {"in_hand", in_hand},
                 {"oldest_waits_ms", database.lag_us / 1000}});
    }
    told = all;
    told_at = now;
  }

  /// Numbers in a reason change all the time, and are no change of health.
  static std::vector<std::string> without_numbers(std::vector<std::string> reasons) {
    for (auto& one : reasons)
      std::erase_if(one, [](char c) { return c >= '0' && c <= '9'; });
    return reasons;
  }

  void tell(health now) {
    const bool is_same = now.state == current.state &&
                         without_numbers(now.reasons) == without_numbers(current.reasons);
    current = std::move(now);
    if (is_same)
      return;
    log_event(current.state == health_state::healthy ? log_level::info : log_level::warning,
              "HEALTH_CHANGED",
              {{"state", to_string(current.state)},
               {"why", fmt::format("{}", fmt::join(current.reasons, "; "))}});
  }

  void admit(bool room) {
    if (admitting == room || !watched.poller)
      return;
    admitting = room;
    self->send(watched.poller, admit_jobs{room, room ? "there is room on the disk again"
                                                     : "the disk is nearly full"});
  }
};

monitor_impl::behavior_type health_monitor(measured<monitor_impl, monitor_state> self,
                                           std::uint32_t generation,
                                           const supervisor_actor& supervisor,
                                           const health_settings& settings) {
  harden(self);
  auto& state = self->state;
  state.self = self;
  state.settings = settings;
  self->send(supervisor, init_complete{state.name, generation});
  self->delayed_send(self, settings.interval, look_at_health{});
  return {
      [=](const watch_actors& msg) { self->state.watch(msg); },
      [=](get_health) { return self->state.current; },
      [](ping) { return pong{}; },
      [=](look_at_health) { self->state.on_timer(); },
  };
}

}  // namespace

health_monitor_actor spawn_health_monitor(caf::local_actor& parent, std::uint32_t generation,
                                          const supervisor_actor& supervisor,
                                          const health_settings& settings) {
  return parent.spawn(health_monitor, generation, supervisor, settings);
}

}  // namespace millrace::actors
