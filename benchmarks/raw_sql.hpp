#pragma once

#include "benchmarks/workload.hpp"

namespace millrace::benchmarks {

/// The statements that a runtime would execute for the jobs that wait in the database, on one
/// connection, one after the other, in transactions as large as its batches, without anything else:
/// no handlers, no messages, no decisions. Nobody can be faster with these statements on one
/// connection. Answers the time that it took; throws when a job is not done.
std::chrono::duration<double> run_raw_sql(const bench_database& on,
                                          const pipeline::definition& plan, int batch);

}  // namespace millrace::benchmarks
