#pragma once

#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>

namespace millrace::actors {

/// For actors that only carry messages: the work is done by other threads, or another process.
struct quiet_config : caf::actor_system_config {
  quiet_config() {
    // `stealing` burns a third of a core when idle.
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", 1);
  }
};

}  // namespace millrace::actors
