#include "tests/simulation/simulated_runtime.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>

/// What goes wrong at a runtime's files, and when it stands still.
namespace millrace::simulation {

using namespace std::chrono_literals;

namespace {

constexpr duration a_moment = 1ms;

}  // namespace

/// It stands still where a transaction begins: SQLite that has written into its journal believes
/// that no other connection did before it gave the lock back.
bool simulated_runtime::can_fail_at(file_operation what) const {
  if (fiber::running() == nullptr || what == file_operation::read)
    return false;
  return !freeze_when_locked_ || what == file_operation::locked_to_write;
}

/// A write that is under way keeps all others out until it goes on.
void simulated_runtime::freeze(duration time) {
  stand_still(time);
  if (life_ && is_writing_)
    in_.disturbed_until = std::max(in_.disturbed_until, frozen_until_);
}

void simulated_runtime::stand_still(duration time) {
  if (!life_)
    return;
  frozen_until_ = in_.now + time;
  disturbed_until_ = std::max(disturbed_until_, frozen_until_);
  if (stopping_since_)
    stopping_since_ = frozen_until_;
}

void simulated_runtime::fail_in_transaction(std::uint64_t countdown,
                                            std::optional<duration> freeze) {
  at_locked_operation_ = countdown;
  freeze_when_locked_ = freeze;
}

/// Dies, or stands still, and leaves its lock for as long as a server leaves it: a third of the
/// lease (storage::session_limits).
int simulated_runtime::fail_locked() {
  const auto until = in_.now + lease / 3;
  // One after the other they keep the others from renewing their leases.
  if (in_.locked_until + 2 * lease > in_.now)
    in_.disturbed_until = std::max(in_.disturbed_until, until + 1s);
  in_.locked_until = until;
  if (!freeze_when_locked_) {
    die();
    return SQLITE_IOERR;
  }
  session_ends_ = until;
  stand_still(*freeze_when_locked_);
  sleep(*freeze_when_locked_);
  session_ends_.reset();
  // What it undoes is not to meet what another one writes.
  while (!is_dead_ && has_ended_session_ && is_write_locked())
    sleep(a_moment);
  return is_dead_ || has_ended_session_ ? SQLITE_IOERR : SQLITE_OK;
}

void simulated_runtime::end_session() {
  session_ends_.reset();
  has_ended_session_ = true;
  in_.tell(fmt::format("{} the session of runtime {} is ended", to_us(in_.now), number_));
  take_write_lock();
}

/// A runtime that nothing disturbs keeps its lease, and with it its identity.
void simulated_runtime::watch_identity() {
  const auto now_it_is = identity();
  if (!now_it_is || now_it_is == last_identity_)
    return;
  const auto reason = std::max(disturbed_until_, in_.disturbed_until) + 2 * lease;
  if (last_identity_ && in_.what.held_locks && in_.now > reason && !in_.found)
    in_.found = {"a runtime that is not disturbed keeps its lease",
                 fmt::format("runtime {} has lost it", number_)};
  last_identity_ = now_it_is;
  identity_since_ = in_.now;
  in_.processes[*now_it_is] = pid_;
}

std::optional<time_point> simulated_runtime::watching_since() const {
  // What has failed is tried again within a second.
  constexpr duration to_recover = 2s;
  if (!life_ || is_dead_ || stopping_since_ || !last_identity_)
    return std::nullopt;
  const auto disturbed = std::max({disturbed_until_, in_.disturbed_until, in_.locked_until});
  return std::max(identity_since_, disturbed + to_recover);
}

int simulated_runtime::on_file(file_operation what) {
  if (what == file_operation::unlocked) {
    // A commit that slept after its last write is seen no later than the calls that follow it.
    in_.is_written = in_.is_written || is_writing_;
    is_writing_ = has_ended_session_ = false;
    return SQLITE_OK;
  }
  is_writing_ = is_writing_ || what == file_operation::locked_to_write;
  if (is_dead_ || has_ended_session_)
    return SQLITE_IOERR;
  if (what == file_operation::lock_to_write && in_.locked_until > in_.now)
    return SQLITE_BUSY;
  if (is_writing_ && at_locked_operation_ > 0 && can_fail_at(what) && --at_locked_operation_ == 0)
    return fail_locked();
  if (what == file_operation::locked_to_write)
    return SQLITE_OK;
  if (what == file_operation::write)
    in_.is_written = true;
  if (at_file_operation_ > 0 && --at_file_operation_ == 0) {
    die();
    return SQLITE_IOERR;
  }
  // While it sleeps others may come, and all may go.
  for (std::size_t i = 0; i < in_.faults.size(); ++i) {
    const auto fault = in_.faults[i];
    if (fault.until <= in_.now || (fault.runtime && *fault.runtime != number_))
      continue;
    if (fault.what == step_kind::database_busy && what == file_operation::lock_to_write &&
        in_.random.one_in(2))
      return SQLITE_BUSY;
    if (fault.what == step_kind::disk_full && what == file_operation::write &&
        !in_.random.one_in(4))
      return SQLITE_FULL;
    if (fault.what == step_kind::disk_fails && in_.random.one_in(5))
      return what == file_operation::read    ? SQLITE_IOERR_READ
             : what == file_operation::write ? SQLITE_IOERR_WRITE
             : what == file_operation::sync  ? SQLITE_IOERR_FSYNC
                                             : SQLITE_IOERR_SHMLOCK;
    const bool changes = what == file_operation::write || what == file_operation::sync;
    if (fault.what == step_kind::slow_disk && changes && fiber::running() != nullptr &&
        in_.random.one_in(3)) {
      sleep(in_.random.up_to(200ms));
      if (is_dead_)
        return SQLITE_IOERR;
    }
  }
  return SQLITE_OK;
}

}  // namespace millrace::simulation
