#include "actors/services/service_router.hpp"

#include "actors/status/actor_metrics.hpp"
#include "base/log.hpp"

#include <cstddef>
#include <exception>
#include <stop_token>
#include <utility>

namespace millrace::actors {
namespace {

/// It is time to probe the service at this position.
struct probe_service {
  using local_message = void;
  std::size_t which = 0;
};
/// The same of the installation.
struct check_now {
  using local_message = void;
};
struct checked {
  using local_message = void;
};
struct service_probed {
  using local_message = void;
  std::size_t which = 0;
};

using router_impl = with_private<service_router_actor, caf::result<void>(probe_service),
                                 caf::result<void>(service_probed), caf::result<void>(check_now),
                                 caf::result<void>(checked)>;

struct router_state {
  static inline const char* name = "service_router";

  router_impl::pointer self = nullptr;
  router_settings settings;
  /// Ends the probe that is out when the actor ends.
  std::stop_source ended;
  bool probing = false;

  router_state() = default;
  router_state(const router_state&) = delete;
  router_state& operator=(const router_state&) = delete;
  ~router_state() { ended.request_stop(); }

  services_seen look() {
    // The first look comes when everything else has started.
    if (!std::exchange(probing, true)) {
      for (std::size_t i = 0; i < settings.remote.size(); ++i)
        probe(i);
      if (settings.check_installation)
        check();
    }
    services_seen seen;
    if (settings.troubles)
      seen.troubles = settings.troubles->all();
    for (const auto& one : settings.remote)
      seen.all.push_back(one->health());
    return seen;
  }

  void probe(std::size_t which) const {
    settings.prober->run([which, service = settings.remote[which], stop = ended.get_token(),
                          me = router_impl{self}] {
      try {
        service->probe(stop);
      } catch (const std::exception& e) {
        log_event(log_level::error, "PROBE_FAILED", {{"why", e.what()}});
      }
      caf::anon_send(me, service_probed{which});
    });
  }

  void check() const {
    settings.prober->run([work = settings.check_installation, me = router_impl{self}] {
      work();
      caf::anon_send(me, checked{});
    });
  }

  void after_check() const { self->delayed_send(self, settings.check_interval, check_now{}); }

  void after_probe(const service_probed& msg) const {
    self->delayed_send(self, settings.remote[msg.which]->settings().probe_interval,
                       probe_service{msg.which});
  }
};

router_impl::behavior_type service_router(measured<router_impl, router_state> self,
                                          std::uint32_t generation,
                                          const supervisor_actor& supervisor,
                                          const router_settings& settings) {
  harden(self);
  self->state.self = self;
  self->state.settings = settings;
  if (settings.provide_services)
    settings.provide_services();
  self->send(supervisor, init_complete{self->state.name, generation});
  return {
      [=](get_services) { return self->state.look(); },
      [](ping) { return pong{}; },
      [=](const probe_service& msg) { self->state.probe(msg.which); },
      [=](check_now) { self->state.check(); },
      [=](checked) { self->state.after_check(); },
      [=](const service_probed& msg) { self->state.after_probe(msg); },
  };
}

}  // namespace

service_router_actor spawn_service_router(caf::local_actor& parent, std::uint32_t generation,
                                          const supervisor_actor& supervisor,
                                          const router_settings& settings) {
  return parent.spawn(service_router, generation, supervisor, settings);
}

}  // namespace millrace::actors
