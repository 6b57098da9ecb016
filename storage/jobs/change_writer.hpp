#pragma once

#include "pipeline/transitions.hpp"
#include "storage/db/database.hpp"

#include <span>

namespace millrace::storage {

/// What became of a change that was to be written.
enum class change_result : std::uint8_t {
  held,
  /// Its fence did not hold: nothing was written.
  lost,
  /// Its fence holds, but the job's cancellation was requested since: nothing was written, and
  /// pipeline::apply must decide again.
  cancel_requested,
};

/// A change that pipeline::apply decided, on its way to the database.
struct pending_change {
  /// The job before the change; its epoch, state, claimed_by and
  /// cancel_requested are the fence.
  const pipeline::job* job = nullptr;
  const pipeline::definition* in = nullptr;
  pipeline::change to;
  change_result became = change_result::lost;
};

/// Writes changes with their events in the transaction that is open, and says what became of each.
/// Identical changes are one statement. A job must not stand here twice: the second one loses.
void write_changes(connection& on, std::span<pending_change> changes, time_point now);

}  // namespace millrace::storage
