#include "storage/flight_recorder.hpp"

#include "storage/json_list.hpp"

#include <utility>

namespace millrace::storage {

flight_recorder::flight_recorder(database_settings settings,
                                 std::function<void(const error&)> on_failure)
    : pool_(std::move(settings)), on_failure_(std::move(on_failure)) {}

void flight_recorder::record(std::size_t slot, std::span<const job_in_hand> jobs) {
  json_list rows{jobs.size() * 16};
  for (const auto& one : jobs) {
    json_list row;
    row.add(one.job);
    row.add(one.epoch);
    rows.add(row);
  }
  try {
    pool_.with_connection("cannot record what is in hand", [&](connection& on) {
      return on.prepared<>("record_flight")
          .with("runtime", runtime_.load())
          .with("slot", slot)
          .with("jobs", rows.finish())
          .run();
    });
    is_failing_ = false;
  } catch (const error& failure) {
    // The work goes on without: what is not recorded is charged to no job.
    if (!is_failing_.exchange(true) && on_failure_)
      on_failure_(failure);
  }
}

}  // namespace millrace::storage
