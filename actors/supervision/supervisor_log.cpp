#include "actors/supervision/supervisor_log.hpp"

#include "base/duration.hpp"
#include "base/log.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace millrace::actors {

void log_waits_for_init(const std::vector<std::string>& missing, duration waited) {
  constexpr std::size_t most_named = 10;
  const auto named = std::min(missing.size(), most_named);
  auto names = fmt::format(
      "{}", fmt::join(missing.begin(), missing.begin() + static_cast<std::ptrdiff_t>(named), ", "));
  if (named < missing.size())
    names += fmt::format(" and {} others", missing.size() - named);
  log_event(log_level::warning, "START_WAITS",
            {{"for", names},
             {"since", format_duration(waited)},
             {"next", "nothing, unless it stays so: the runtime ends after runtime.init_timeout"}});
}

void log_waits_for_jobs(const runtime_status& status, duration grace_left) {
  constexpr int most_named = 10;
  std::int64_t jobs = 0;
  std::string stages;
  int named = 0;
  for (const auto& [where, metrics] : status.stages()) {
    const auto now = metrics->read(std::chrono::steady_clock::time_point{});
    if (now.in_handler == 0)
      continue;
    jobs += now.in_handler;
    if (++named <= most_named)
      stages += fmt::format("{}{} at {}.{}", stages.empty() ? "" : ", ", now.in_handler,
                            where.first, where.second);
  }
  if (named > most_named)
    stages += fmt::format(" and {} other stages", named - most_named);
  log_event(log_level::info, "STOP_WAITS",
            {{"jobs", jobs},
             {"for", jobs > 0 ? stages : "the database to take what was settled"},
             {"grace_left", format_duration(std::max(grace_left, duration{0}))}});
}

}  // namespace millrace::actors
