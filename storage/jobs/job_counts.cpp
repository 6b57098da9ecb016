#include "storage/jobs/job_counts.hpp"

#include "storage/jobs/job_windows.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

namespace millrace::storage {

std::vector<stage_count> count_jobs(connection& on) {
  // In windows: SQLite sorts in memory what it groups, and all of a large table would not fit.
  using place = std::tuple<std::string, std::string, std::string>;
  return guarded("cannot count jobs", [&] {
    std::map<place, std::int64_t> sums;
    job_windows windows{on};
    while (const auto some = windows.next())
      on.prepared<std::string, std::string, std::string, std::int64_t>("counts")
          .with("first", some->first)
          .with("last", some->last)
          .each([&](const std::string& in, const std::string& stage, const std::string& state,
                    std::int64_t count) {
            sums[{in, stage, state}] += count;
          });
    std::vector<stage_count> counted;
    for (const auto& [where, count] : sums) {
      const auto& [in, stage, state] = where;
      counted.push_back({in, stage, pipeline::parse_job_state(state).value(), count});
    }
    return counted;
  });
}

}  // namespace millrace::storage
