#pragma once

#include "actors/runtime/runtime.hpp"
#include "benchmarks/bench_database.hpp"
#include "benchmarks/options.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace millrace::benchmarks {

/// In which order jobs are claimed, compared with that of their ids.
enum class order { ordered, four_priorities, random };

/// The pipeline `bench` of that many stages, s1, s2, ..., with one handler for all.
pipeline::definition stages(int count, const std::string& handler = "noop");

/// What a runtime needs for the plan but its handlers, and with the basic ones.
actors::runtime_parts parts_without_handlers(const pipeline::definition& plan);
actors::runtime_parts parts_of(const pipeline::definition& plan);

/// Jobs at the first stage, up to a million in one call. Answers how long that took.
std::chrono::duration<double> enqueue(const bench_database& in, const pipeline::definition& plan,
                                      std::int64_t jobs, order how = order::ordered);

actors::runtime_settings settings_for(bench_database& on, const options& wanted);

/// Told each millisecond how often handlers were called.
using on_progress = std::function<void(std::int64_t)>;

/// Runs that many runtimes side by side until nothing is left. Answers the time from the first
/// claim until the database, asked every millisecond once the last handler was called, says that
/// nothing waits and nothing is in hand: starting and stopping are left out. Spans of the first
/// runtime go to `traces`, if it is there. Throws when a job is not done.
std::chrono::duration<double> run_to_the_end(
    bench_database& on, const pipeline::definition& plan, const options& wanted, int runtimes = 1,
    const on_progress& tell = {}, std::shared_ptr<pipeline::tracing::exporter> traces = {});

/// The bytes that the server has written to its WAL so far, for whatever reason: PostgreSQL.
double wal_bytes(const bench_database& on);

/// Of the updates of a table, those that left its indexes alone (heap-only tuples): PostgreSQL.
double hot_share(const bench_database& on, const std::string& table);

/// Anything that one statement answers, as a number.
std::int64_t ask(const storage::database_settings& on, const std::string& sql);

template <class Work>
std::chrono::duration<double> time_of(Work work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::steady_clock::now() - begin;
}

}  // namespace millrace::benchmarks
