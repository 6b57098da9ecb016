#include "app/commands/jobs/move_jobs.hpp"

#include "app/commands/jobs/bulk_change.hpp"
#include "app/commands/session.hpp"
#include "app/terminal/table.hpp"
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
  storage::movable_filter filter;
  if (call.has("state"))
    filter.state = choice_option(call, "state", movable_states, "state");
  filter.pipeline = call.text("pipeline");
  filter.stage = call.text("stage");
  filter.code = call.text("code");
  if (call.has("limit"))
    filter.limit = count_option(call, "limit");
  return filter;
}

void show_counts(const std::vector<storage::ended_count>& counts) {
  table shown{{{"PIPELINE"}, {"STAGE"}, {"STATE"}, {"JOBS", true}}, {}};
  for (const auto& [in, stage, state, count] : counts)
    shown.rows.push_back({in, stage, state, fmt::to_string(count)});
  print_table(shown, choose_style(false));
}

void tell_at_work(std::int64_t count) {
  if (count > 0)
    print("left alone: {} at work; the same command moves what waits again\n", count);
}

void tell(const storage::sent_back& all) {
  print("moved: {}\n", all.replayed);
  if (all.changed > 0)
    print("not moved: {}, changed meanwhile\n", all.changed);
  for (const auto& [why, count] : all.refused)
    print("not moved: {}, {}\n", count, why);
}

}  // namespace

exit_code move_one(const invocation& call, control& in) {
  const auto id = job_argument(call);
  const auto found = storage::find_job(*in.on, id);
  if (!found)
    throw no_such_job("move", id);
  const storage::ended_job one{id, found->epoch};
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
  if (call.has("dry-run")) {
    show_counts(found.counts);
    return exit_code::well;
  }
  if (found.jobs.empty()) {
    print("no job that waits or has died matches\n");
    tell_at_work(found.at_work);
    return exit_code::well;
  }
  const auto count = found.jobs.size();
  if (!call.has("yes") && !confirm(fmt::format("move {} {} to {}?", count,
                                               count == 1 ? "job" : "jobs", call.text("to")))) {
    print("nothing was moved\n");
    return exit_code::no;
  }
  bulk_change all{[&](auto piece) {
    return in.jobs.bulk.move(piece, call.text("to-pipeline"), call.text("to"), user_name(),
                             call.time.now());
  }};
  try {
    all.run(found.jobs);
  } catch (const storage::error&) {
    tell(all.sum());
    throw;
  }
  tell(all.sum());
  tell_at_work(found.at_work);
  all.tell_left();
  if (all.left() > 0)
    return exit_code::interrupted;
  return all.sum().refused.empty() ? exit_code::well : exit_code::no;
}

}  // namespace millrace::app
