#pragma once

#include "actors/stage/batch_run.hpp"
#include "actors/stage/stage_runner.hpp"
#include "base/time.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// What a stage handler tells itself, and what it keeps of a batch.
namespace millrace::actors {

struct batch_finished {
  using local_message = void;
  std::uint64_t batch = 0;
};
struct look_at_batches {
  using local_message = void;
};
struct settle_held {
  using local_message = void;
};

/// How long until settlements are given again that another session of the database holds up.
constexpr duration first_wait_for_held = std::chrono::milliseconds{250};
constexpr duration longest_wait_for_held = std::chrono::seconds{2};

/// A batch of several jobs that lasts longer has what has ended settled, and what has not begun
/// taken back, that often.
constexpr duration longest_batch = std::chrono::milliseconds{25};

/// A stage that has had far more than enough for so long has become slower than it was.
constexpr duration crowded_after = std::chrono::seconds{1};

using stage_impl = with_private<stage_actor, caf::result<void>(batch_finished),
                                caf::result<void>(look_at_batches), caf::result<void>(settle_held)>;

/// A batch and what was last seen of it.
struct running_batch {
  std::shared_ptr<batch_run> what;
  caf::actor_clock::time_point began;
  std::optional<std::size_t> seen;
  caf::actor_clock::time_point seen_since;
  /// With which it began, but for those that were taken back; and those that are not taken yet.
  std::int64_t size = 0;
  std::int64_t jobs = 0;
};

/// Counts what became of a job, and notes the code of one that is dead.
void count(const pipeline::change& change, work_tally::totals& to,
           std::vector<std::string>& dead_of);

void log_settled(const std::string& stage, const pipeline::job& one,
                 const storage::settled& change);
void log_landed(const std::string& stage, std::int64_t jobs, caf::actor_clock::duration_type took);

inline pipeline::transition_event to_happening(pipeline::outcome&& answer) {
  return std::visit([](auto& one) -> pipeline::transition_event { return std::move(one); }, answer);
}

/// The output that the outcome writes becomes part of the job that goes on.
inline void take_output(pipeline::job& j, const pipeline::transition_event& what) {
  const auto from = [&](const std::vector<pipeline::effect>& all) {
    for (const auto& one : all)
      if (const auto* output = std::get_if<pipeline::effects::write_output>(&one))
        j.output = output->json;
  };
  if (const auto* advanced = std::get_if<pipeline::advance>(&what))
    from(advanced->effects);
  else if (const auto* proceeded = std::get_if<pipeline::proceed>(&what))
    from(proceeded->effects);
}

}  // namespace millrace::actors
