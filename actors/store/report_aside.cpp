#include "actors/store/report_aside.hpp"

#include "base/log.hpp"
#include "pipeline/codes.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace millrace::actors {
namespace {

constexpr std::ptrdiff_t most_lines = 10;

}  // namespace

void report_aside(std::span<const storage::job_aside> jobs, work_tally& tally,
                  work_tally::instant now, time_point at) {
  if (jobs.empty())
    return;
  const auto count = std::ssize(jobs);
  for (const auto& one : jobs.first(static_cast<std::size_t>(std::min(count, most_lines))))
    log_event(log_level::error, "ROW_INVALID",
              {{"job", one.job}, {"stage", one.place}, {"why", one.why}});
  if (count > most_lines)
    log_event(log_level::error, "ROW_INVALID",
              {{"more_jobs", std::int64_t{count - most_lines}},
               {"next", "`millrace events --code ROW_INVALID` lists them"}});
  std::map<std::string, std::vector<std::string>> dead;
  for (const auto& one : jobs)
    dead[one.place].emplace_back(pipeline::codes::ROW_INVALID);
  tally.add({.dead = count});
  for (const auto& [place, codes] : dead)
    tally.add_dead(place, codes, now, at);
}

}  // namespace millrace::actors
