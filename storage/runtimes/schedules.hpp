#pragma once

#include "base/cron.hpp"
#include "base/named_value.hpp"
#include "base/time.hpp"
#include "storage/db/database.hpp"
#include "storage/jobs/job_store.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace millrace::storage {

/// What becomes of a time that was due while no runtime was up: all that were missed make one job,
/// or none, or one each.
enum class missed_runs : std::uint8_t { once, never, each };

inline constexpr auto missed_runs_names = std::to_array<named_value<missed_runs>>(
    {{missed_runs::once, "once"}, {missed_runs::never, "never"}, {missed_runs::each, "each"}});

/// What becomes of a time that comes while the job of the last one has not ended: another job is
/// made, or none, or one when that has ended.
enum class overlap : std::uint8_t { allow, skip, queue };

inline constexpr auto overlap_names = std::to_array<named_value<overlap>>(
    {{overlap::allow, "allow"}, {overlap::skip, "skip"}, {overlap::queue, "queue"}});

/// Jobs that are made when their time comes.
struct schedule {
  std::string name;
  cron due;
  std::uint16_t pipeline = 0;
  int priority = 0;
  /// JSON; empty for none.
  std::string payload{};
  missed_runs missed = missed_runs::once;
  storage::overlap overlap = storage::overlap::allow;
  std::string tenant{};
  std::vector<std::string> tags{};
};

/// A schedule as it stands in the database.
struct known_schedule {
  std::string name;
  std::string cron;
  std::string pipeline;
  time_point next_at{};
  /// Nothing for one that has made no job yet.
  std::optional<time_point> last_at{};
  job_id last_job = 0;
  std::optional<time_point> paused_at{};
  std::string paused_by{};

  /// No runtime keeps it: its time has passed.
  bool is_left(time_point now) const;
};

std::vector<known_schedule> list_schedules(connection& on);

/// It makes no jobs until it is resumed; then it goes on with the next time. False where there is
/// no such schedule, or it is so already. These orders are events. All throw storage::error.
bool pause_schedule(connection& on, const std::string& name, const std::string& by, time_point now);
bool resume_schedule(connection& on, const std::string& name, const std::string& by,
                     time_point now);

/// Makes a job of it now, whatever its times, its pause and its last job. Where no runtime has kept
/// it yet, it is not in the list.
job_id run_schedule(connection& on, job_store& jobs, const schedule& which, const std::string& by,
                    time_point now);

struct fired_schedule {
  std::string name;
  /// When it was due.
  time_point due{};
  job_id job = 0;
};

/// Makes the jobs that are due: each once, over all runtimes that keep the same schedules, because
/// the runtime that moves a schedule on in the database makes its job in the same transaction. A
/// schedule that is new, or written otherwise than before, begins now. No clock makes a time twice:
/// the next one is always later than the last for which a job was made. If a clock was more than a
/// day ahead, the schedules go on from the time that it shows then, as far as that holds.
///
/// A value that remembers that it began: after a step that was rolled back go on with the value
/// from before it.
class schedule_keeper {
 public:
  explicit schedule_keeper(std::vector<schedule> all) : all_(std::move(all)) {}

  struct step_result {
    std::vector<fired_schedule> fired;
    /// When the next one is due.
    std::optional<time_point> next;
  };
  /// Part of the transaction that is open, if one is. Throws storage::error.
  step_result step(connection& on, job_store& jobs, time_point now);

 private:
  std::optional<time_point> keep(const schedule& one, connection& on, job_store& jobs,
                                 time_point now, std::vector<fired_schedule>& fired) const;

  std::vector<schedule> all_;
  bool has_begun_ = false;
};

}  // namespace millrace::storage
