#pragma once

#include "actors/store/write_duty.hpp"
#include "storage/db/horizon.hpp"
#include "storage/runtimes/lease_watch.hpp"
#include "storage/runtimes/process.hpp"
#include "storage/runtimes/schedules.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

/// The duties of a writer, each in a file of its own.
namespace millrace::actors {

/// Some of what ends, cancellations and replays ask of children and parents.
std::unique_ptr<write_duty> make_child_duty();

/// Hears which jobs of dead runtimes were rescued, after that is written.
using rescue_listener = std::function<void(const storage::rescue_result&)>;

/// Rescues the jobs of runtimes that are dead. What is given by reference must outlive it.
std::unique_ptr<write_duty> make_rescue_duty(storage::lease_watch& watch,
                                             const storage::process& self, rescue_listener rescued);

/// Reads which jobs are to be cancelled, and which stages are paused.
std::unique_ptr<write_duty> make_controls_duty();

/// Looks at what waits, at the disk, and at what keeps the database from forgetting dead rows.
std::unique_ptr<write_duty> make_probe_duty(std::filesystem::path data_dir,
                                            storage::horizon_watch horizon);

/// One step of the deletion of old jobs and events.
std::unique_ptr<write_duty> make_retention_duty(storage::retention_settings settings);

/// Makes the jobs of schedules that are due.
std::unique_ptr<write_duty> make_schedule_duty(std::vector<storage::schedule> schedules);

}  // namespace millrace::actors
