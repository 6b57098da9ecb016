#pragma once

#include "pipeline/definition.hpp"
#include "pipeline/job.hpp"
#include "storage/db/database.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::storage {

/// Positions in the catalog by the names that the database has. Made once for each store.
class stage_map {
 public:
  struct place {
    std::uint16_t pipeline = 0;
    std::uint16_t stage = 0;
  };

  explicit stage_map(const pipeline::catalog& pipelines);

  std::optional<place> find(std::string_view in, std::string_view stage) const;

 private:
  std::map<std::pair<std::string_view, std::string_view>, place> places_;
};

/// Attempts or crashes as a row says, which may have been written with SQL: raised by one they must
/// not overflow.
int bounded_count(std::int64_t count);

/// A job as its row says, and the pipeline that it is in.
struct loaded_job {
  pipeline::job job;
  const pipeline::definition* in = nullptr;
};

/// The columns of read_job.sql, read_jobs.sql, working_jobs_of.sql and working_jobs_not_of.sql.
using job_statement = statement<std::int64_t, std::string, std::string, std::string, std::int64_t,
                                std::int64_t, std::int64_t, std::int64_t, std::int64_t,
                                std::int64_t, std::string, std::int64_t, std::int64_t>;

/// The statement of that name, one of those with these columns.
inline job_statement& prepared_jobs(connection& on, std::string_view name) {
  return on.prepared<std::int64_t, std::string, std::string, std::string, std::int64_t,
                     std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t,
                     std::string, std::int64_t, std::int64_t>(name);
}

/// Reads rows of `jobs`. A job of a stage that the catalog does not know gets its pipeline with
/// that stage added at the end, and one of an unknown pipeline gets a pipeline of its one stage, so
/// that it can be rescued, cancelled and sent elsewhere like any other. What it loads must not
/// outlive it.
class job_loader {
 public:
  job_loader(const pipeline::catalog& pipelines, const stage_map& stages)
      : pipelines_(pipelines), stages_(stages) {}

  std::vector<loaded_job> load(job_statement& rows);

 private:
  const pipeline::definition& stray(const std::string& in, const std::string& stage);

  const pipeline::catalog& pipelines_;
  const stage_map& stages_;
  std::deque<pipeline::definition> strays_;
};

/// Why a change of a job that was loaded is refused: the reason of the transition table, or that
/// the catalog does not know the job's pipeline.
std::string why_refused(const pipeline::catalog& pipelines, const pipeline::definition& in,
                        std::string why);

}  // namespace millrace::storage
