#include "app/commands/jobs/replay_ended.hpp"

#include "app/commands/jobs/bulk_change.hpp"
#include "app/commands/jobs/control.hpp"
#include "app/commands/session.hpp"
#include "app/nearest.hpp"
#include "app/terminal/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::app {
namespace {

storage::ended_filter ended_of(const invocation& call) {
  storage::ended_filter filter;
  if (call.has("done"))
    filter.state = pipeline::job_state::done;
  else if (call.has("cancelled"))
    filter.state = pipeline::job_state::cancelled;
  filter.pipeline = call.text("pipeline");
  filter.stage = call.text("stage");
  filter.code = call.text("code");
  if (call.has("limit"))
    filter.limit = count_option(call, "limit");
  return filter;
}

std::string_view word_for(pipeline::job_state state) {
  return state == pipeline::job_state::deadletter ? "dead" : to_string(state);
}

/// Rejects a mistyped stage before the command asks for confirmation. A pipeline that is not in
/// this configuration is not checked.
void check_from(const std::string& from, const storage::ended_list& ended,
                const pipeline::catalog& pipelines) {
  std::vector<std::string> known;
  for (const auto& one : ended.counts)
    if (const auto at = pipelines.find(one.pipeline))
      for (const auto& stage : pipelines.at(*at).stages)
        known.push_back(stage.name);
  if (from.empty() || ended.jobs.empty() ||
      std::find(known.begin(), known.end(), from) != known.end())
    return;
  throw bad_usage(fmt::format("cannot replay from {}", from),
                  "no pipeline of these jobs has such a stage",
                  known.empty() ? "give the configuration of their pipelines with --config"
                                : did_you_mean(from, known));
}

void show_counts(const storage::ended_list& ended) {
  table shown{{{"PIPELINE"}, {"STAGE"}, {"CODE"}, {"JOBS", true}}, {}};
  for (const auto& [in, stage, code, count] : ended.counts)
    shown.rows.push_back({in, stage, code, fmt::to_string(count)});
  print_table(shown, choose_style(false));
}

}  // namespace

void tell_sent_back(const storage::sent_back& all) {
  print("sent back: {}\n", all.replayed);
  if (all.changed > 0)
    print("not sent back: {}, changed meanwhile\n", all.changed);
  for (const auto& [why, count] : all.refused)
    print("not sent back: {}, {}\n", count, why);
  for (const auto& [why, count] : all.skipped)
    print("skipped: {} that {}\n", count, why);
}

exit_code replay_ended(const invocation& call) {
  const auto filter = ended_of(call);
  control in{call};
  const auto ended = storage::list_ended(*in.on, filter);
  check_from(call.text("from"), ended, in.pipelines);
  if (call.has("dry-run")) {
    show_counts(ended);
    return exit_code::well;
  }
  if (ended.jobs.empty()) {
    print("no {} job matches\n", word_for(filter.state));
    return exit_code::well;
  }
  const auto count = ended.jobs.size();
  const auto from = call.text("from");
  if (!call.has("yes") && !confirm(fmt::format("send {} {} {} back to {}?", count,
                                               word_for(filter.state), count == 1 ? "job" : "jobs",
                                               from.empty() ? "where each ended" : from))) {
    print("nothing was sent back\n");
    return exit_code::no;
  }
  bulk_change all{[&](auto piece) {
    return in.jobs.bulk.replay_ended(piece, from, user_name(), call.time.now());
  }};
  try {
    all.run(ended.jobs);
  } catch (const storage::error&) {
    tell_sent_back(all.sum());
    throw;
  }
  tell_sent_back(all.sum());
  all.tell_left();
  if (all.left() > 0)
    return exit_code::interrupted;
  return all.sum().refused.empty() ? exit_code::well : exit_code::no;
}

}  // namespace millrace::app
