#pragma once

#include "actors/stage/batch_run.hpp"
#include "pipeline/definition.hpp"
#include "pipeline/tracing/exporter.hpp"
#include "storage/jobs/types.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace millrace::actors {

/// Makes the spans of the jobs of a runtime. For the actors of all stages, from any thread.
class job_tracer {
 public:
  /// Neither is null; the catalog must outlive it.
  job_tracer(std::shared_ptr<pipeline::tracing::exporter> to, const pipeline::catalog& pipelines)
      : to_(std::move(to)), pipelines_(pipelines) {}

  /// The jobs go to a handler: each is told where its trace goes on.
  void begin(std::span<pipeline::job> jobs) const;
  /// They came back from it, and are about to be settled.
  void came_back(const batch_run::report& report);
  /// What became of one that was settled at the time.
  void settled(const pipeline::job& one, const storage::settled& change, time_point now);

 private:
  /// A job as it was in one hand-out.
  using handed_out = std::pair<pipeline::job_id, std::int64_t>;
  struct attempt {
    batch_run::call_time call;
    /// Nothing where the history alone says it.
    std::optional<time_point> waits_since;
  };

  std::optional<attempt> take(const pipeline::job& which, const storage::settled& change,
                              time_point now);
  void add_spans(const pipeline::job& one, const pipeline::tracing::trace_id& trace,
                 const attempt& what, const storage::settled& change, time_point now);

  const std::shared_ptr<pipeline::tracing::exporter> to_;
  const pipeline::catalog& pipelines_;
  std::mutex mutex_;
  /// Those with a trace that are on their way to the database.
  std::map<handed_out, batch_run::call_time> calls_;
  /// Those that were carried on, and when.
  std::map<handed_out, time_point> carried_on_;
};

}  // namespace millrace::actors
