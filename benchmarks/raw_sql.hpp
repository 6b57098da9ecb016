#pragma once

#include "benchmarks/workload.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

namespace millrace::benchmarks {

/// The statements that a runtime would execute for the jobs that wait in the database, on one
/// connection, one after the other, in transactions as large as its batches, without anything else:
/// no handlers, no messages, no decisions. No runtime can be faster with these statements on one
/// connection. Answers the time that it took; throws when a job is not done.
std::chrono::duration<double> run_raw_sql(const bench_database& on,
                                          const pipeline::definition& plan, int batch);

/// One new job after the other, each alone: the time from just before its enqueue until it is
/// claimed, and until it stands at the last stage.
struct raw_latency {
  std::chrono::duration<double> claimed;
  std::chrono::duration<double> at_the_last;
};
std::vector<raw_latency> time_raw_sql(const bench_database& on, const pipeline::definition& plan,
                                      std::int64_t jobs, const std::function<void()>& pause);

}  // namespace millrace::benchmarks
