#include "storage/flight_recorder.hpp"

#include "storage/json_list.hpp"

#include <utility>

namespace millrace::storage {

flight_recorder::flight_recorder(database_settings settings) : pool_(std::move(settings)) {}

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
  } catch (const error&) {
    // The work does not wait for it: what is not recorded is charged to nobody.
  }
}

}  // namespace millrace::storage
