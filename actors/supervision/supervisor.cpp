#include "actors/supervision/supervisor.hpp"

#include "actors/supervision/restart_policy.hpp"
#include "actors/supervision/supervised.hpp"
#include "actors/supervision/supervisor_log.hpp"
#include "base/duration.hpp"
#include "base/log.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace millrace::actors {
namespace {

using namespace std::chrono_literals;

using phase = runtime_phase;

struct supervisor_state {
  static inline const char* name = "supervisor";

  supervisor_impl::pointer self = nullptr;
  std::vector<child> children;
  tree_hooks hooks;
  supervisor_settings settings;
  std::shared_ptr<run_report> report;
  std::shared_ptr<runtime_status> status;
  std::optional<restart_policy> restarts;
  /// The crashes of an optional child do not count with those of the others.
  std::optional<restart_policy> optional_restarts;
  phase now = phase::starting;
  bool observers_started = false;
  caf::error exit_reason = caf::exit_reason::user_shutdown;
  /// Links send an exit message for every child that ended, after its down message.
  std::set<caf::actor_addr> own;

  void start_children() {
    entered_at = time();
    self->delayed_send(self, settings.init_timeout, init_deadline{});
    self->delayed_send(self, first_tell, tell_waits{times_entered});
    for (auto& one : children)
      if (!comes_late(one) && !start(one))
        return;
  }

  void on_init_complete(const init_complete& msg) {
    auto* one = find(children, msg.component);
    if (!one || one->generation != msg.generation || !one->handle)
      return;
    one->ready = true;
    status->ready(one->spec.name);
    log_event(log_level::info, "COMPONENT_READY", {{"component", one->spec.name}});
    if (now == phase::starting || now == phase::restarting)
      return open_if_all_ready();
    if (now == phase::running)
      hooks.watch(*self);
  }

  void on_init_failed(const init_failed& msg) {
    auto* one = find(children, msg.component);
    if (one && one->spec.role == child_role::optional)
      return do_without(*one, msg.why);
    fail(fmt::format("{} cannot start: {}", msg.component, msg.why));
  }

  void on_init_deadline() {
    if (now != phase::starting)
      return;
    fail(fmt::format(
        "{} did not report init-complete within {} (raise runtime.init_timeout, or see "
        "the log for what it waits for)",
        fmt::join(missing_among(children), ", "), format_duration(settings.init_timeout)));
  }

  void on_tell_waits(const tell_waits& msg) {
    if (msg.entered != times_entered || (now != phase::starting && now != phase::draining))
      return;
    if (now == phase::starting)
      log_waits_for_init(missing_among(children), time() - entered_at);
    else
      log_waits_for_jobs(*status, settings.shutdown_grace - (time() - entered_at));
    self->delayed_send(self, next_tell, tell_waits{times_entered});
  }

  void on_down(const caf::down_msg& msg) {
    auto* one = find(children, msg.source);
    if (!one)
      return;
    one->handle = nullptr;
    one->ready = false;
    const auto why = to_text(self->system(), msg.reason);
    if (now == phase::stopping || one->told_to_stop) {
      status->stopped(one->spec.name);
      return now == phase::stopping ? stop_next() : restart_core_when_down();
    }
    status->crashed(one->spec.name, why);
    log_event(log_level::error, "ACTOR_CRASHED", {{"actor", one->spec.name}, {"why", why}});
    const bool is_optional = one->spec.role == child_role::optional;
    const auto wait = (is_optional ? optional_restarts : restarts)->crashed(time());
    if (!wait && is_optional)
      return do_without(*one, fmt::format("it crashed too often; the last time: {}", why));
    if (!wait)
      return fail(fmt::format("{} crashed too often; the last time: {}", one->spec.name, why));
    if (one->spec.role != child_role::core) {
      self->delayed_send(self, *wait, start_again{one->spec.name});
      return;
    }
    // A core that crashes while it drains has no work left to wait for.
    if (now == phase::draining)
      return stop();
    core_wait = *wait;
    enter(phase::restarting);
    for (auto& other : children) {
      other.told_to_stop = other.spec.role == child_role::core;
      if (other.told_to_stop)
        stop_now(self, other.handle, caf::exit_reason::kill);
    }
    restart_core_when_down();
  }

  void on_start_again(const start_again& msg) {
    if (now == phase::stopping)
      return;
    for (auto& one : children) {
      // With the core come those that crashed while it went down.
      const bool meant =
          msg.child.empty() ? !comes_late(one) || observers_started : one.spec.name == msg.child;
      if (meant && !one.handle && !one.given_up && !start(one))
        return;
    }
  }

  void on_stop() {
    switch (now) {
      case phase::running:
        return drain();
      case phase::draining:
        return on_grace_over();
      case phase::stopping:
        return;
      case phase::starting:
      case phase::restarting:
        return stop();
    }
  }

  /// As the first stop_runtime; later ones change nothing.
  void on_drain() {
    if (now != phase::draining)
      on_stop();
  }

  void on_idle() {
    if (now != phase::running)
      return;
    {
      const std::scoped_lock guard{report->mutex};
      report->went_idle = true;
    }
    drain();
  }

  void on_drained() {
    if (now == phase::draining)
      stop();
  }

  void on_grace_over() {
    if (now != phase::draining)
      return;
    hooks.release(*self);
    self->delayed_send(self, release_patience, release_over{});
  }

  /// The database does not even take the releases. The end must not wait for it.
  void on_release_over() {
    if (now != phase::draining)
      return;
    log_event(log_level::warning, "JOBS_NOT_RELEASED",
              {{"next", "the next start rescues what is left"}});
    stop();
  }

  void on_write_confirmed() { written_at = time(); }

  /// What is in a handler would be lost all the same: its result cannot be written.
  void on_look_at_database() {
    if (now != phase::draining)
      return;
    if (time() - written_at < database_patience) {
      ask_for_write();
      return;
    }
    give_up_database(*report);
    stop();
  }

  void on_stop_deadline(const stop_deadline& msg) {
    if (auto* one = find(children, msg.child); one && one->generation == msg.generation)
      stop_now(self, one->handle, caf::exit_reason::kill);
  }

  components list() const {
    components answer;
    for (const auto& one : children)
      if (one.handle)
        answer.alive.push_back({one.spec.name, caf::actor_cast<caf::actor>(one.handle)});
    answer.running = now == phase::running;
    return answer;
  }

  void stop() {
    enter(phase::stopping);
    begin_last_wait(*report);
    stop_next();
  }

 private:
  duration core_wait{0};
  /// When the current phase began, and how many have.
  duration entered_at{0};
  std::uint32_t times_entered = 0;

  /// While it drains: when the database last took a write.
  duration written_at{0};

  void ask_for_write() {
    hooks.confirm_write(*self);
    self->delayed_send(self, database_look, look_at_database{});
  }

  void enter(phase next) {
    now = next;
    entered_at = time();
    ++times_entered;
    status->enter(next);
  }

  duration time() const {
    return std::chrono::duration_cast<duration>(self->clock().now().time_since_epoch());
  }

  /// False when the child could not even be constructed: then the runtime ends.
  bool start(child& one) {
    one.ready = false;
    one.told_to_stop = false;
    ++one.generation;
    try {
      one.handle = one.spec.spawn(*self, one.generation, supervisor_actor{self});
    } catch (const std::exception& e) {
      on_init_failed({one.spec.name, e.what()});
      return one.spec.role == child_role::optional;
    }
    status->spawned(one.spec.name, metrics_of(one.handle));
    own.insert(one.handle->address());
    self->monitor<caf::message_priority::high>(caf::actor_cast<caf::actor>(one.handle));
    self->link_to(one.handle->address());
    return true;
  }

  void open_if_all_ready() {
    for (const auto& one : children)
      if (one.spec.role == child_role::observer
              ? observers_started && one.handle && !one.ready
              : !one.ready && one.spec.role != child_role::optional)
        return;
    enter(phase::running);
    log_event(log_level::info, "RUNTIME_READY",
              {{"components", static_cast<std::int64_t>(children.size())}});
    hooks.start_work(*self);
    log_event(log_level::info, "GATE_OPEN", {{"next", "jobs are claimed"}});
    if (observers_started)
      return hooks.watch(*self);
    observers_started = true;
    for (auto& one : children) {
      if (!comes_late(one))
        continue;
      if (!start(one))
        return;
      log_event(log_level::info, "COMPONENT_SPAWNED", {{"component", one.spec.name}});
    }
  }

  void do_without(child& one, const std::string& why) {
    log_event(log_level::warning, "ACTOR_GIVEN_UP", {{"actor", one.spec.name}, {"why", why}});
    status->crashed(one.spec.name, why);
    stop_now(self, std::exchange(one.handle, nullptr), caf::exit_reason::user_shutdown);
    one.ready = false;
    one.given_up = true;
  }

  void restart_core_when_down() {
    for (const auto& one : children)
      if (one.spec.role == child_role::core && one.handle)
        return;
    self->delayed_send(self, core_wait, start_again{});
  }

  void drain() {
    enter(phase::draining);
    log_event(log_level::info, "RUNTIME_DRAINING",
              {{"grace", format_duration(settings.shutdown_grace)}});
    hooks.drain(*self);
    self->delayed_send(self, settings.shutdown_grace, grace_over{});
    self->delayed_send(self, first_tell, tell_waits{times_entered});
    written_at = time();
    if (hooks.confirm_write)
      ask_for_write();
  }

  void fail(std::string why) {
    if (now == phase::stopping)
      return;
    {
      const std::scoped_lock guard{report->mutex};
      report->failure = why;
    }
    log_event(log_level::error, "RUNTIME_FAILED", {{"why", why}});
    exit_reason = caf::make_error(caf::sec::runtime_error, std::move(why));
    stop();
  }

  void stop_next() {
    for (auto one = children.rbegin(); one != children.rend(); ++one) {
      if (!one->handle)
        continue;
      stop_now(self, one->handle, caf::exit_reason::user_shutdown);
      self->delayed_send(self, 1s, stop_deadline{one->spec.name, one->generation});
      return;
    }
    self->quit(exit_reason);
  }
};

supervisor_impl::behavior_type supervisor(measured<supervisor_impl, supervisor_state> self,
                                          const std::vector<child_spec>& children,
                                          const tree_hooks& hooks,
                                          const supervisor_settings& settings,
                                          const std::shared_ptr<run_report>& report,
                                          const std::shared_ptr<runtime_status>& status) {
  harden(self);
  auto& state = self->state;
  state.self = self;
  for (const auto& spec : children)
    state.children.push_back({.spec = spec});
  state.hooks = hooks;
  state.settings = settings;
  state.report = report;
  state.status = status;
  status->spawned(state.name, self->metrics());
  status->ready(state.name);
  state.restarts.emplace(settings.max_restarts, settings.restart_window);
  state.optional_restarts.emplace(settings.max_restarts, settings.restart_window);
  self->set_down_handler([=](const caf::down_msg& msg) { self->state.on_down(msg); });
  self->set_exit_handler([=](const caf::exit_msg& msg) {
    if (!self->state.own.contains(msg.source) && self->state.now != phase::stopping)
      self->state.stop();
  });
  state.start_children();
  return {
      [=](const init_complete& msg) { self->state.on_init_complete(msg); },
      [=](const init_failed& msg) { self->state.on_init_failed(msg); },
      [=](drained) { self->state.on_drained(); },
      [=](gone_idle) { self->state.on_idle(); },
      [=](write_confirmed) { self->state.on_write_confirmed(); },
      [=](stop_runtime) { self->state.on_stop(); },
      [=](drain_runtime) { self->state.on_drain(); },
      [=](get_components) { return self->state.list(); },
      [=](init_deadline) { self->state.on_init_deadline(); },
      [=](const tell_waits& msg) { self->state.on_tell_waits(msg); },
      [=](grace_over) { self->state.on_grace_over(); },
      [=](release_over) { self->state.on_release_over(); },
      [=](look_at_database) { self->state.on_look_at_database(); },
      [=](const start_again& msg) { self->state.on_start_again(msg); },
      [=](const stop_deadline& msg) { self->state.on_stop_deadline(msg); },
  };
}

}  // namespace

supervisor_actor spawn_supervisor(caf::actor_system& system, std::vector<child_spec> children,
                                  tree_hooks hooks, const supervisor_settings& settings,
                                  std::shared_ptr<run_report> report,
                                  std::shared_ptr<runtime_status> status) {
  return system.spawn(supervisor, std::move(children), std::move(hooks), settings,
                      std::move(report), std::move(status));
}

}  // namespace millrace::actors
