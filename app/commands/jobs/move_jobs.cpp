#include "app/commands/jobs/move_jobs.hpp"

#include "app/commands/jobs/change_many.hpp"
#include "app/commands/session.hpp"
#include "app/terminal/terminal.hpp"
#include "storage/history/job_queries.hpp"

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

namespace millrace::app {
namespace {

constexpr std::array movable_states{pipeline::job_state::queued, pipeline::job_state::retryable,
                                    pipeline::job_state::deadletter};

storage::movable_filter movable_of(const invocation& call) {
  auto filter = read_filter<storage::movable_filter>(call);
  if (call.has("state"))
    filter.state = choice_option(call, "state", movable_states, "state");
  return filter;
}

void tell_at_work(std::int64_t count) {
  if (count > 0)
    print("left alone: {} at work; the same command moves what waits again\n", count);
}

}  // namespace

exit_code move_one(const invocation& call, control& in) {
  const auto id = job_argument(call);
  const auto found = storage::find_job(*in.on, id);
  if (!found)
    throw no_such_job("move", id);
  const storage::listed_job one{id, found->epoch};
  const auto became = in.jobs.bulk.move({&one, 1}, call.text("to-pipeline"), call.text("to"),
                                        user_name(), call.time.now());
  if (became.replayed == 0)
    throw error{
        exit_code::no, fmt::format("cannot move job {}", id),
        became.refused.empty() ? "it changed at that moment" : became.refused.begin()->first,
        fmt::format("`millrace job {}` shows where it stands", id)};
  const auto moved = storage::find_job(*in.on, id);
  if (moved)
    print("job {} is {} at {} of {}\n", id, to_string(moved->state), moved->stage, moved->pipeline);
  return exit_code::well;
}

exit_code move_many(const invocation& call, control& in) {
  const auto found = storage::list_movable(*in.on, movable_of(call));
  return change_many(
      call, {found.jobs, found.counts, "STATE"},
      {.done = "moved",
       .question = fmt::format("move {} to {}?", count_jobs(found.jobs.size()), call.text("to")),
       .none = "no job that waits or has died matches",
       .change =
           [&](auto piece) {
             return in.jobs.bulk.move(piece, call.text("to-pipeline"), call.text("to"), user_name(),
                                      call.time.now());
           },
       .tell_more = [&] { tell_at_work(found.at_work); }});
}

}  // namespace millrace::app
