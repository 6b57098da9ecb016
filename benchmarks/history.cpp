#include "benchmarks/history.hpp"

#include <fmt/format.h>

namespace millrace::benchmarks {

void add_finished(const storage::database_settings& to, std::int64_t jobs) {
  storage::connection on{to};
  const auto numbers =
      on.dialect() == storage::dialect::sqlite
          ? fmt::format(
                "with recursive n(i) as (select 1 where {0} > 0 union all select i + 1 from n "
                "where i < {0})",
                jobs)
          : fmt::format("with n(i) as (select * from generate_series(1, {}))", jobs);
  on.session() << numbers +
                      " insert into jobs (pipeline, stage, state, run_at, epoch, correlation_id, "
                      "created_at, updated_at) select 'bench', 's1', 'done', i, 2, "
                      "'0123456789abcdef', i * 1000, i * 1000 from n";
  on.session()
      << "insert into events (job_id, pipeline, stage, type, severity, epoch, attempt, at, "
         "correlation_id) select job_id, pipeline, stage, 'finalized', 'info', 2, 0, "
         "updated_at, correlation_id from jobs";
}

}  // namespace millrace::benchmarks
