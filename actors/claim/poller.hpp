#pragma once

#include "actors/claim/claim_credit.hpp"
#include "actors/claim/intake.hpp"
#include "actors/protocol.hpp"
#include "actors/status/work_tally.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <memory>

namespace millrace::actors {

struct poller_settings {
  claim_credit_settings pace;
  /// How often pauses and cancellations are read.
  duration controls_interval{};
  /// Tell the supervisor when nothing is left to do.
  bool until_idle = false;
  std::shared_ptr<work_tally> tally = std::make_shared<work_tally>();
  std::shared_ptr<const intakes> rooms;
};

/// Keeps the stages busy and no busier: claims as many jobs as they have room for, within the
/// runtime's credit, hands each to its stage's handler, and sleeps with a backoff when there is
/// nothing. Does nothing before `begin_work`. Also tells the stage handlers what people asked for:
/// pauses and cancellations.
poller_actor spawn_poller(caf::local_actor& parent, std::uint32_t generation,
                          const supervisor_actor& supervisor, const store_actor& store,
                          const millrace::clock& time, const poller_settings& settings);

}  // namespace millrace::actors
