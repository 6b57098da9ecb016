#pragma once

#include "actors/inspector/protocol/views.hpp"
#include "base/time.hpp"
#include "storage/history/job_queries.hpp"
#include "storage/runtimes/runtime_store.hpp"

#include <cstdint>
#include <vector>

/// Makes the rows of an inspector's views from those of the database. Commands that read the
/// database themselves show the same rows: a field cannot be on one side only.
namespace millrace::actors {

job_row build_row(storage::job_record job);
event_row build_row(storage::event_record event);
/// `own` is the runtime that answers.
runtime_row build_row(storage::runtime_record runtime, time_point now, std::int64_t own);

std::vector<job_row> build_rows(std::vector<storage::job_record> jobs);
/// For a list of many: without outputs and long payloads.
std::vector<job_row> build_list_rows(std::vector<storage::job_record> jobs);
std::vector<event_row> build_rows(std::vector<storage::event_record> events);

}  // namespace millrace::actors
