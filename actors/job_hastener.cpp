#include "actors/job_hastener.hpp"

#include "pipeline/ingest/stages.hpp"
#include "storage/job_queries.hpp"
#include "storage/job_store.hpp"

#include <string>
#include <utility>

namespace millrace::actors {

struct job_hastener::link {
  link(const storage::database_settings& database, const pipeline::catalog& pipelines,
       int crash_limit)
      : on{database}, jobs{on, pipelines, crash_limit} {}

  storage::connection on;
  storage::job_store jobs;
};

job_hastener::job_hastener(storage::database_settings database, const pipeline::catalog& pipelines,
                           int crash_limit, const pipeline::clock& time)
    : database_(std::move(database)),
      pipelines_(pipelines),
      crash_limit_(crash_limit),
      time_(time) {}

job_hastener::~job_hastener() = default;

called_job job_hastener::hasten(pipeline::job_id id) {
  if (!link_ || link_->on.is_broken())
    link_ = std::make_unique<link>(database_, pipelines_, crash_limit_);
  if (!storage::find_job(link_->on, id))
    return called_job::unknown;
  const auto became = link_->jobs.hasten(id, std::string{pipeline::ingest::parsing_handler},
                                         "the parser's webhook", time_.now());
  return std::holds_alternative<pipeline::change>(became) ? called_job::hastened
                                                          : called_job::does_not_wait;
}

}  // namespace millrace::actors
