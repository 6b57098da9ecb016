#include "pipeline/handlers/process/worker_process.hpp"

#include "base/duration.hpp"
#include "base/os/stop_event.hpp"
#include "base/text_line.hpp"
#include "pipeline/codes.hpp"
#include "pipeline/handlers/process/job_document.hpp"
#include "pipeline/handlers/process/parse_answer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <utility>

namespace millrace::pipeline::external {
namespace {

using steady = std::chrono::steady_clock;
using nlohmann::json;

using namespace std::chrono_literals;

constexpr int no_descriptor = -1;

/// A process reads so far ahead, when it has worked for long enough for its speed to be known.
constexpr std::chrono::duration<double> read_ahead = 1ms;
constexpr std::chrono::duration<double> known_after = 50ms;
constexpr std::size_t most_lines_ahead = 1000;
/// Of the last answer in the time for a job.
constexpr double weight_of_last = 1.0 / 16;

/// Why the line is not the answer to a greeting; nothing when it is.
std::optional<std::string> check_greeting(std::string_view line) {
  const auto said = json::parse(line, nullptr, /*allow_exceptions=*/false);
  const auto at = said.is_object() ? said.find("ready") : said.end();
  if (!said.is_object() || at == said.end() || !at->is_number_integer())
    return fmt::format("it did not answer {{\"ready\": {}}} to the greeting, but: {}", protocol,
                       one_line(line.substr(0, 200), 100));
  if (*at != protocol)
    return fmt::format("it speaks version {} of the protocol, and millrace {}", at->dump(),
                       protocol);
  return std::nullopt;
}

}  // namespace

/// One call of work(), on its way.
struct child::reading {
  std::span<const job> jobs;
  const context& at;
  answers& to;
  time_point deadline;
  steady::time_point last_answer = steady::now();
  /// Of the jobs: those that may be sent, that were, and that were answered for.
  std::size_t allowed = 0;
  std::size_t sent = 0;
  std::size_t ended = 0;
  /// The job for which the process was told to end.
  job_id told = 0;
};

child::child(const recipe& made_by, pid_t pid, unique_fd to, unique_fd from, unique_fd errors)
    : made_by_{made_by},
      process_{pid},
      errors_{[this](job_id about, std::string_view line) {
        tell(made_by_, notice::kind::said, process_.pid, about, line);
      }},
      lines_{std::move(to), std::move(from), std::move(errors), os::watch_process(pid),
             [this](std::string_view line) { errors_.hear(in_hand_, line, steady::now()); }} {}

child::process::~process() {
  if (!reaped)
    os::reap(pid);
}

std::optional<std::string> child::greet(const std::stop_token& stop) {
  const stop_event stopped{stop};
  lines_.send([this](std::string& to) {
    to += fmt::format("{{\"millrace\":{},\"pipeline\":\"{}\",\"stage\":\"{}\"}}\n", protocol,
                      made_by_.where.pipeline, made_by_.where.stage.name);
    return false;
  });
  std::string_view line;
  switch (lines_.next_line(line, steady::now() + made_by_.how.start_limit, stopped.get())) {
    case channel::event::line:
      return check_greeting(line);
    case channel::event::ended:
      return how_it_ended();
    case channel::event::too_long:
      return "it wrote a line that is too long";
    case channel::event::stopped:
      return "it was stopped";
    case channel::event::timed_out:
      break;
  }
  return fmt::format("it was not ready after {}", format_duration(made_by_.how.start_limit));
}

bool child::is_fit() {
  std::string_view line;
  const auto what = lines_.next_line(line, steady::now(), no_descriptor);
  if (what == channel::event::timed_out)
    return true;
  const auto why = what == channel::event::ended
                       ? how_it_ended()
                       : fmt::format("it spoke without being asked: {}", one_line(line, 100));
  tell(made_by_, notice::kind::ended, process_.pid, 0, why);
  return false;
}

child::state child::work(std::span<const job> jobs, const context& at, answers& to) {
  const stop_event stopped{at.stop};
  reading now{jobs, at, to, made_by_.how.time->now() + made_by_.where.stage.timeout};
  to.begin();
  send_more(now);
  in_hand_ = jobs.front().id;
  auto patience = steady::time_point::max();
  auto next = step::go_on;
  while (next == step::go_on) {
    std::string_view line;
    // One that goes on talking gets no more time than one that is silent.
    const auto what =
        now.told != 0 && steady::now() >= patience
            ? channel::event::timed_out
            : lines_.next_line(line, patience, now.told != 0 ? no_descriptor : stopped.get());
    if (what == channel::event::stopped)
      patience = steady::now() + made_by_.how.grace;
    next = take(now, what, line);
  }
  lines_.send(nullptr);
  in_hand_ = 0;
  if (next == step::in_doubt)
    return state::in_doubt;
  const bool fit = next == step::done && now.told == 0 && !process_.reaped;
  return fit ? state::fit : state::broken;
}

/// What is behind the lines ahead may be taken back at any time, until it is held as well.
void child::send_more(reading& from) {
  const auto ahead = lines_ahead();
  if (from.ended == from.jobs.size() || from.sent - from.ended > ahead / 2)
    return;
  const auto wanted = std::min(ahead, from.jobs.size() - from.ended);
  const auto held = from.to.hold(wanted);
  from.allowed = from.ended + held;
  if (held < wanted)
    from.jobs = from.jobs.first(from.allowed);
  if (from.sent == from.allowed)
    return;
  lines_.send([&](std::string& into) {
    append_job(into, from.jobs[from.sent++], made_by_.where, from.deadline);
    into += '\n';
    return from.sent < from.allowed;
  });
}

std::size_t child::lines_ahead() const {
  if (work_time_ < known_after)
    return 1;
  const auto in_time = read_ahead / std::max(job_time_, std::chrono::duration<double>{1us});
  return std::clamp(static_cast<std::size_t>(in_time), std::size_t{1}, most_lines_ahead);
}

child::step child::take(reading& from, channel::event what, std::string_view line) {
  switch (what) {
    case channel::event::line:
      return take_answer(from, line);
    case channel::event::stopped:
      from.told = in_hand_;
      lines_.send(nullptr);
      ::kill(-process_.pid, SIGTERM);
      return step::go_on;
    case channel::event::timed_out:
      return break_off(from, codes::TIMEOUT, "it did not end after SIGTERM");
    case channel::event::too_long:
      return break_off(from, codes::HANDLER_OUTPUT_TOO_LARGE,
                       fmt::format("it wrote a line of more than {} bytes", channel::longest_line));
    case channel::event::ended:
      break;
  }
  return break_off(from, codes::HANDLER_DIED, how_it_ended());
}

child::step child::take_answer(reading& from, std::string_view line) {
  auto read = parse_answer(line, made_by_.how.time->now());
  auto* said = std::get_if<answer>(&read);
  std::string why;
  if (said == nullptr)
    why = std::move(std::get<unusable>(read).why);
  else if (!said->id)
    why = "its answer has no \"id\"";
  else if (from.sent <= from.ended)
    why = fmt::format("it answered for job {} before it was asked", *said->id);
  else if (*said->id != in_hand_)
    why = fmt::format("it answered for job {} while job {} was next", *said->id, in_hand_);
  if (!why.empty())
    return take_wrong_line(from, line, said != nullptr && said->id == in_hand_, std::move(why));
  if (const auto* far = std::get_if<progress>(&said->what)) {
    hear_progress(from, *far);
    return step::go_on;
  }
  ++answered_;
  ++from.ended;
  const auto answered_at = steady::now();
  const std::chrono::duration<double> took =
      answered_at - std::exchange(from.last_answer, answered_at);
  work_time_ += took;
  job_time_ += (took - job_time_) * weight_of_last;
  from.to.answer(std::move(std::get<outcome>(said->what)));
  send_more(from);
  if (from.ended == from.jobs.size())
    return step::done;
  in_hand_ = from.jobs[from.ended].id;
  return step::go_on;
}

/// A line that does not name the job in hand may be a late word about the job before. So it is not
/// charged, unless the process has had no other job.
child::step child::take_wrong_line(reading& from, std::string_view line, bool is_of_job,
                                   std::string why) {
  if (line.size() > max_plain_answer)
    return break_off(from, codes::HANDLER_OUTPUT_TOO_LARGE,
                     fmt::format("it wrote a line of more than {} bytes, which is no answer: {}",
                                 max_plain_answer, why));
  if (is_of_job || answered_ == 0 || from.told != 0 || names_job(line, in_hand_))
    return break_off(from, codes::HANDLER_ANSWER, std::move(why));
  tell(made_by_, notice::kind::ended, process_.pid, in_hand_,
       fmt::format("{}; perhaps a line of the job before: another process is asked for this one",
                   why));
  return step::in_doubt;
}

void child::hear_progress(const reading& from, const progress& far) {
  if (far.percent)
    from.at.progress(*far.percent, far.message);
  else
    from.at.progress(far.message);
  tell(made_by_, notice::kind::progress, process_.pid, in_hand_,
       far.percent ? fmt::format("{:.4g} % {}", *far.percent, far.message) : far.message);
}

child::step child::break_off(reading& from, std::string_view code, std::string why) {
  tell(made_by_, notice::kind::ended, process_.pid, in_hand_, why);
  if (from.told != 0) {
    // The jobs behind it have nothing to do with the stop.
    if (from.told == in_hand_)
      from.to.answer(snooze{from.at.now, "the handler was stopped"});
    return step::broken;
  }
  if (code == codes::HANDLER_OUTPUT_TOO_LARGE)
    from.to.answer(reject{std::string{code}, std::move(why)});
  else
    from.to.answer(retry{std::string{code}, std::move(why), std::nullopt});
  return step::broken;
}

std::string child::how_it_ended() {
  // Its output ends a moment before it does.
  const bool by_itself = lines_.wait_for_end(steady::now() + made_by_.how.grace);
  const int status = os::reap(process_.pid);
  process_.reaped = true;
  lines_.read_last_errors();
  std::string how = "closed its output";
  if (by_itself)
    how = WIFEXITED(status) ? fmt::format("ended with exit code {}", WEXITSTATUS(status))
                            : fmt::format("was ended by signal {} ({})", WTERMSIG(status),
                                          ::strsignal(WTERMSIG(status)));
  return fmt::format("{} {}{}{}", name_of(made_by_), how, errors_.last().empty() ? "" : ": ",
                     errors_.last());
}

void child::wait_for_end(std::chrono::steady_clock::time_point deadline) {
  lines_.wait_for_end(deadline);
}

}  // namespace millrace::pipeline::external
