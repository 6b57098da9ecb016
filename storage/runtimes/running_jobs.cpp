#include "storage/runtimes/running_jobs.hpp"

#include "storage/db/json_list.hpp"

#include <utility>

namespace millrace::storage {
namespace {

/// Of a slot: a record that failed may be there all the same, and is harmless once its jobs have
/// another epoch.
constexpr std::size_t most_in_doubt = 16;

}  // namespace

running_jobs_table::running_jobs_table(database_settings settings,
                                       std::function<void(const error&)> on_failure)
    : pool_(std::move(settings)), on_failure_(std::move(on_failure)) {}

void running_jobs_table::record(std::size_t slot, std::span<const running_job> jobs) {
  json_list rows{jobs.size() * 16};
  for (const auto& one : jobs) {
    json_list row;
    row.add(one.job);
    row.add(one.epoch);
    rows.add(row);
  }
  try {
    pool_.with_connection("cannot record what is in hand", [&](connection& on) {
      if (on.dialect() == dialect::postgres)
        return replace(on, slot, rows.finish());
      on.prepared<>("record_flight")
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

void running_jobs_table::replace(connection& on, std::size_t slot, std::string_view jobs) {
  std::int64_t number = 0;
  json_list ended;
  {
    const std::scoped_lock guard{mutex_};
    number = ++last_number_;
    auto& recorded = recorded_[slot];
    for (const auto one : recorded)
      ended.add(one);
    if (recorded.size() == most_in_doubt)
      recorded.erase(recorded.begin());
    recorded.push_back(number);
  }
  on.prepared<>("replace_flights")
      .with("runtime", runtime_.load())
      .with("ended", ended.finish())
      .with("slot", number)
      .with("jobs", jobs)
      .run();
  const std::scoped_lock guard{mutex_};
  recorded_[slot] = {number};
}

}  // namespace millrace::storage
