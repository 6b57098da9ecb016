#pragma once

#include "pipeline/definition.hpp"
#include "pipeline/job.hpp"
#include "storage/claim/lanes.hpp"
#include "storage/db/database.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// Concurrency keys: of the unfinished jobs of a pipeline that have the same one, only as many as
/// the pipeline allows have a place, which is a lane while they wait. The others wait in key_lane,
/// where no claim looks. A job leaves its place whenever it is not at work any more, also to wait
/// for its next stage or attempt: then the first of those that wait for one is sorted again.
namespace millrace::storage {

/// A job with a key that waits to be sorted into lanes.
struct keyed_job {
  pipeline::job_id id = 0;
  std::string pipeline;
  std::string key;
  std::int64_t priority = 0;
  std::int64_t run_at = 0;
};

/// Which of the jobs, which come in order, have a place; the others wait. In the transaction that
/// is open, until whose end no other one gives places of keys. Nothing, and nothing is done, while
/// another one does: that may last, and jobs without a key must not wait for it.
std::optional<std::set<pipeline::job_id>> admit(connection& on, const pipeline::catalog& pipelines,
                                                const std::vector<keyed_job>& jobs, time_point now);

/// A job that is to be sorted again, by where it stands in no_lane.
struct woken_job {
  std::int64_t priority = 0;
  index_place at;
};

/// These jobs were changed, and are not at work; those among them that have a key and wait are to
/// be sorted again, as are those that have waited for their places. Where one has a key it waits
/// until no other transaction gives places.
std::vector<woken_job> leave_places(connection& on, std::span<const pipeline::job_id> changed);

/// Why a job has no place.
struct key_wait {
  /// Those that have, a hundred of them at most.
  std::vector<pipeline::job_id> holders;
  /// How many wait before it; a thousand at most.
  std::int64_t ahead = 0;
};
/// Nothing for a job that does not wait for one.
std::optional<key_wait> find_key_wait(connection& on, pipeline::job_id job);

/// Looks for jobs that wait for a place though there is nothing to wait for.
class key_watch {
 public:
  /// Both must outlive it.
  key_watch(connection& on, const pipeline::catalog& pipelines) : on_(on), pipelines_(pipelines) {}

  /// Those whose time has come, and now and then those of keys whose places are free: a row was
  /// deleted with SQL, or a runtime of an older version had it.
  std::vector<woken_job> look(time_point now);

  /// Jobs were sorted: there may be more whose time has not come, or that wait for a place.
  void look_again(bool have_parked) {
    must_look_ = true;
    have_parked_ = have_parked_ || have_parked;
  }
  /// Some may wait for a place: one may be free when a job ends.
  bool have_parked() const { return have_parked_; }
  /// The database refuses what it does: until then it does nothing.
  void leave_until(time_point until) { left_until_ = until; }

  /// When the time of the next comes, if there is one, as look() found it.
  std::optional<time_point> next_due() const { return next_due_; }

 private:
  void wake_due(std::vector<woken_job>& woken, time_point now);
  void wake_idle(std::vector<woken_job>& woken);
  void drop_rows_of_ended();
  void leave_lanes_beyond(std::vector<woken_job>& woken);

  connection& on_;
  const pipeline::catalog& pipelines_;
  std::optional<time_point> next_due_;
  std::optional<time_point> looked_for_due_at_;
  std::optional<time_point> looked_at_;
  time_point left_until_{};
  bool must_look_ = false;
  bool have_parked_ = false;
  /// Where wake_idle() goes on.
  std::pair<std::string, std::string> last_key_;
  /// Where drop_rows_of_ended() does.
  pipeline::job_id last_row_ = 0;
};

}  // namespace millrace::storage
