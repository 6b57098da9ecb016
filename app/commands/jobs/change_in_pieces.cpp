#include "app/commands/jobs/change_in_pieces.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace millrace::app {

std::size_t change_in_pieces(
    std::span<const storage::listed_job> jobs, const std::function<bool(std::size_t left)>& goes_on,
    const std::function<void(std::span<const storage::listed_job>)>& change) {
  using clock = std::chrono::steady_clock;
  /// Some milliseconds of work.
  constexpr std::size_t piece_size = 500;
  while (!jobs.empty() && goes_on(jobs.size())) {
    const auto begin = clock::now();
    const auto piece = jobs.first(std::min(piece_size, jobs.size()));
    change(piece);
    jobs = jobs.subspan(piece.size());
    if (!jobs.empty())
      std::this_thread::sleep_for(clock::now() - begin);
  }
  return jobs.size();
}

}  // namespace millrace::app
