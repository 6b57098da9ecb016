#include "actors/status/probe.hpp"

#include <system_error>

namespace millrace::actors {

std::int64_t free_bytes(const std::filesystem::path& folder) {
  std::error_code failure;
  const auto space = std::filesystem::space(folder, failure);
  return failure ? 0 : static_cast<std::int64_t>(space.available);
}

database_probed probe(storage::claims& claims, const std::filesystem::path& data_dir,
                      time_point now) {
  database_probed answer;
  if (const auto since = claims.oldest_waiting(now))
    answer.lag_us = (now - *since).count();
  answer.free_bytes = free_bytes(data_dir);
  return answer;
}

}  // namespace millrace::actors
