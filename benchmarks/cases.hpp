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
/// Through one process of a handler in Python that does nothing, beside the same lines over a pipe.
std::vector<figure> measure_exec(const options& wanted);
/// A folder of documents, beside the same work in a plain loop.
std::vector<figure> measure_ingest(const options& wanted);

}  // namespace millrace::benchmarks
