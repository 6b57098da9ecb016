#include "app/commands/jobs/replay_ended.hpp"

#include "app/commands/jobs/change_many.hpp"
#include "app/commands/jobs/control.hpp"
#include "app/commands/session.hpp"
#include "app/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::app {
namespace {

storage::ended_filter ended_of(const invocation& call) {
  auto filter = read_filter<storage::ended_filter>(call);
  if (call.has("done"))
    filter.state = pipeline::job_state::done;
  else if (call.has("cancelled"))
    filter.state = pipeline::job_state::cancelled;
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

}  // namespace

exit_code replay_ended(const invocation& call) {
  const auto filter = ended_of(call);
  control in{call};
  const auto ended = storage::list_ended(*in.on, filter);
  check_from(call.text("from"), ended, in.pipelines);
  const auto from = call.text("from");
  const auto word = word_for(filter.state);
  return change_many(
      call, {ended.jobs, ended.counts, "CODE"},
      {.done = "sent back",
       .question = fmt::format("send {} back to {}?", count_jobs(ended.jobs.size(), word),
                               from.empty() ? "where each ended" : from),
       .none = fmt::format("no {} job matches", word),
       .change = [&](auto piece) {
         return in.jobs.bulk.replay_ended(piece, from, user_name(), call.time.now());
       }});
}

}  // namespace millrace::app
