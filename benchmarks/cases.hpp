#pragma once

#include "benchmarks/options.hpp"
#include "benchmarks/report.hpp"

#include <functional>
#include <string>
#include <vector>

/// What the suite measures. Each case makes databases of its own and leaves nothing behind.
namespace millrace::benchmarks {

struct bench_case {
  std::string name;
  /// One sentence.
  std::string what;
  std::function<std::vector<figure>(const options&)> run;
  /// Those that `all` leaves out have a name together.
  std::string family{};
};

/// In the order in which `all` runs them.
const std::vector<bench_case>& cases();

/// Through a pipeline of ten stages that do nothing, with one runtime and with two, in other orders
/// than that of the ids, and beside the same statements without a runtime.
std::vector<figure> measure_transitions(const options& wanted);
/// Through one stage that does nothing.
std::vector<figure> measure_drain(const options& wanted);
/// Into the database, in one call.
std::vector<figure> measure_enqueue(const options& wanted);
/// The statements of `transitions` and `drain` without a runtime.
std::vector<figure> measure_limit(const options& wanted);
/// From just before a submit to the beginning of the first handler, and of the tenth, on an idle
/// runtime.
std::vector<figure> measure_latency(const options& wanted);
/// What a claim and a settle cost as finished jobs pile up, beside an empty table.
std::vector<figure> measure_scale(const options& wanted);
/// What deleting old jobs takes from the throughput.
std::vector<figure> measure_retention(const options& wanted);
/// What tenants in turn and limits take from the throughput, and how long a tenant's first job
/// waits.
std::vector<figure> measure_tenants(const options& wanted);
/// The resident set of a runtime in front of a million jobs.
std::vector<figure> measure_memory(const options& wanted);
/// Processor time of a runtime that has nothing to do.
std::vector<figure> measure_idle(const options& wanted);
/// What three attached inspectors take from the throughput.
std::vector<figure> measure_inspection(const options& wanted);
/// What the HTTP API does in a second, and what silent clients, readers of events, scrapes and
/// traces take from the throughput.
std::vector<figure> measure_http(const options& wanted);
/// Through one process of a handler in Python that does nothing, beside the same lines over a pipe.
std::vector<figure> measure_exec(const options& wanted);
/// Of a large backlog: how fast each tenth of it is worked through.
std::vector<figure> measure_backlog(const options& wanted);
/// A backlog while another session's transaction holds the horizon of the server, beside a clean
/// run: PostgreSQL.
std::vector<figure> measure_pinned(const options& wanted);
/// A backlog while four sessions read the tables over and over, each time in one snapshot, beside
/// the same with tables of others, and beside nothing: PostgreSQL.
std::vector<figure> measure_readers(const options& wanted);
/// Ten times the rate for a third of the time: what a job waits before, within and after.
std::vector<figure> measure_burst(const options& wanted);
/// Jobs come at a constant rate, and old ones are deleted: what a job waits in each minute, and
/// what it costs in space and in WAL.
std::vector<figure> measure_soak(const options& wanted);
/// A folder of documents, beside the same work in a plain loop.
std::vector<figure> measure_ingest(const options& wanted);

}  // namespace millrace::benchmarks
