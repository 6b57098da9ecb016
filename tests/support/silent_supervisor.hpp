#pragma once

#include "actors/protocol.hpp"

namespace millrace::tests {

/// The behavior of a supervisor for tests of one actor: it takes every message and does nothing.
inline actors::supervisor_actor::behavior_type silent_supervisor() {
  using namespace actors;
  return {[](const init_complete&) {},
          [](const init_failed&) {},
          [](drained) {},
          [](gone_idle) {},
          [](write_confirmed) {},
          [](const stop_runtime&) {},
          [](drain_runtime) {},
          [](get_components) { return components{}; }};
}

}  // namespace millrace::tests
