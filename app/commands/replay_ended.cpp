#include "app/commands/replay_ended.hpp"

#include "app/commands/control.hpp"
#include "app/commands/interruptible.hpp"
#include "app/commands/session.hpp"
#include "app/nearest.hpp"
#include "app/terminal/progress.hpp"
#include "app/terminal/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace millrace::app {
namespace {

/// Some milliseconds of work.
constexpr std::size_t batch_size = 500;

storage::ended_filter filter_of(const invocation& call) {
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

/// A mistyped stage is found out before anybody is asked. A pipeline that this configuration does
/// not know has no say.
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

/// Sends jobs back piece by piece until all are, or somebody presses Ctrl-C.
class bulk_replay {
 public:
  bulk_replay(storage::job_store& jobs, std::string from) : jobs_{jobs}, from_{std::move(from)} {}

  /// Rests after each piece for as long as it took: SQLite has one writer, and a runtime that waits
  /// for it must get its turn.
  void send(std::span<const storage::ended_job> ended) {
    using clock = std::chrono::steady_clock;
    const interruptible scope;
    progress_bar bar;
    for (left_ = ended.size(); left_ > 0 && !scope.is_interrupted();) {
      bar.show(ended.size() - left_, ended.size());
      const auto begin = clock::now();
      const auto piece = ended.last(left_).first(std::min(batch_size, left_));
      sum_ += jobs_.replay_ended(piece, from_, user_name(), now());
      left_ -= piece.size();
      if (left_ > 0)
        std::this_thread::sleep_for(clock::now() - begin);
    }
  }

  void tell() const {
    tell_sent_back(sum_);
    if (left_ > 0)
      fmt::print(stderr,
                 "millrace: interrupted: {} jobs are left\n  next: the same command does the "
                 "rest\n",
                 left_);
  }

  exit_code end() const {
    if (left_ > 0)
      return exit_code::interrupted;
    return sum_.refused.empty() ? exit_code::well : exit_code::no;
  }

 private:
  storage::job_store& jobs_;
  std::string from_;
  storage::sent_back sum_;
  std::size_t left_ = 0;
};

}  // namespace

void tell_sent_back(const storage::sent_back& all) {
  print(fmt::format("sent back: {}\n", all.replayed));
  if (all.changed > 0)
    print(fmt::format("not sent back: {}, changed meanwhile\n", all.changed));
  for (const auto& [why, count] : all.refused)
    print(fmt::format("not sent back: {}, {}\n", count, why));
}

exit_code replay_ended(const invocation& call) {
  const auto filter = filter_of(call);
  control in{call};
  const auto ended = storage::list_ended(*in.on, filter);
  check_from(call.text("from"), ended, in.pipelines);
  if (call.has("dry-run")) {
    show_counts(ended);
    return exit_code::well;
  }
  if (ended.jobs.empty()) {
    print(fmt::format("no {} job matches\n", word_for(filter.state)));
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
  bulk_replay all{in.jobs, call.text("from")};
  try {
    all.send(ended.jobs);
  } catch (const storage::error&) {
    all.tell();
    throw;
  }
  all.tell();
  return all.end();
}

}  // namespace millrace::app
