#include "app/screen/panes.hpp"

#include "app/commands/inspect/inspect_views.hpp"
#include "app/commands/jobs/records.hpp"
#include "base/iso8601.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::app {
namespace {

constexpr std::int64_t jobs_at_most = 500;
constexpr std::int64_t events_at_most = 500;

std::string number(std::int64_t value) { return fmt::to_string(value); }

std::string age(const snapshot& of, std::int64_t at_us) {
  return short_duration(std::max<std::int64_t>(to_us(of.taken_at) - at_us, 0));
}

/// Zeros stand back behind what there is.
listed_cell counted(std::int64_t value, tone how = tone::plain) {
  return {number(value), value == 0 ? tone::faint : how};
}

std::string or_blank(std::int64_t us) { return us == 0 ? "" : short_duration(us); }

std::string about_stage(const snapshot& of, const actors::stage_view& one) {
  auto text = fmt::format("{} at work here of {} at once, {} wait here; {} handled so far",
                          one.at_work_here, one.concurrency, one.waiting_here, one.ended);
  if (one.paused_at_us != 0)
    text = fmt::format("paused {} ago by {}; {}", age(of, one.paused_at_us), one.paused_by, text);
  return text;
}

listed_row stage_row(const snapshot& of, const actors::stage_view& one, bool first_of_pipeline) {
  const bool known = of.stages.counted_at_us != 0;
  const bool paused = one.paused_at_us != 0;
  const auto count = [&](std::int64_t jobs, tone how) {
    return known ? counted(jobs, how) : listed_cell{"?", tone::faint};
  };
  return {stage_row_id(one),
          {{first_of_pipeline ? one.pipeline : ""},
           {one.stage},
           count(one.jobs.queued, tone::plain),
           count(one.jobs.working, tone::plain),
           count(one.jobs.retryable, tone::notice),
           count(one.jobs.deadletter, tone::bad),
           paused ? listed_cell{"paused", tone::notice}
                  : listed_cell{per_second(one.ended_in_10_s),
                                one.ended_in_10_s == 0 ? tone::faint : tone::plain},
           {or_blank(one.p50_us)},
           {or_blank(one.p99_us)},
           {or_blank(one.call_age_us)},
           count(one.jobs.done, tone::plain),
           {paused ? fmt::format("{} by {}", age(of, one.paused_at_us), one.paused_by) : "",
            tone::notice}},
          about_stage(of, one)};
}

bool is_idle(const actors::stage_view& one) {
  return one.jobs.queued + one.jobs.working + one.jobs.retryable + one.jobs.deadletter +
                 one.ended_in_10_s ==
             0 &&
         one.paused_at_us == 0;
}

listing list_all_stages(const snapshot& of) { return list_stages(of, of.stages.stages.size()); }

listed_cell busy_cell(const snapshot& of, const std::string& actor) {
  const auto at = of.busy_percent.find(actor);
  if (at == of.busy_percent.end())
    return {};
  return {fmt::format("{}%", at->second), at->second == 0 ? tone::faint : tone::plain};
}

std::string about_actor(const actors::actor_view& one) {
  auto text = fmt::format("{}: {} messages at most in its mailbox, {} handled in {}", one.name,
                          one.peak, one.handled, short_duration(one.busy_us));
  if (!one.last_crash.empty())
    text = fmt::format("crashed last with: {}; {}", one.last_crash, text);
  return text;
}

listing list_actors(const snapshot& of) {
  listing out;
  out.columns = {{.title = "ACTOR", .elastic = true, .at_least = 14, .rather = 26},
                 {.title = "STATE", .at_least = 8, .importance = 95},
                 {.title = "DEPTH", .right = true, .importance = 85},
                 {.title = "PEAK", .right = true, .importance = 45},
                 {.title = "HANDLED", .right = true, .importance = 70},
                 {.title = "BUSY", .right = true, .importance = 80},
                 {.title = "RESTARTS", .right = true, .importance = 75},
                 {.title = "IN HAND", .right = true, .importance = 90},
                 {.title = "LAST CRASH", .elastic = true, .at_least = 10, .importance = 10}};
  for (const auto& one : of.actors.actors) {
    const auto how = one.state == "crashed"   ? tone::bad
                     : one.state == "working" ? tone::plain
                                              : tone::notice;
    out.rows.push_back({one.name,
                        {{one.name},
                         {one.state, how},
                         counted(one.depth),
                         counted(one.peak),
                         counted(one.handled),
                         busy_cell(of, one.name),
                         counted(one.restarts, tone::notice),
                         {or_blank(std::max(one.message_age_us, one.call_age_us))},
                         {one.last_crash, tone::bad}},
                        about_actor(one)});
  }
  out.nothing = "no actor yet";
  return out;
}

std::string more_of(const actors::job_row& job, const std::string& subject) {
  return job.code.empty() ? subject : fmt::format("{}: {}", job.code, job.message);
}

const actors::progress_view* progress_of(const actors::jobs_view& in, pipeline::job_id job) {
  const auto at = std::find_if(in.progress.begin(), in.progress.end(),
                               [&](const auto& one) { return one.job == job; });
  return at == in.progress.end() ? nullptr : &*at;
}

/// "working 40 %".
std::string state_text(const actors::job_row& job, const actors::progress_view* said) {
  const std::string state{app::state_text(job)};
  return said == nullptr || !said->percent_thousandths
             ? state
             : fmt::format("{} {} %", state, *said->percent_thousandths / 1000);
}

listing list_jobs(const snapshot& of) {
  listing out;
  out.columns = {{.title = "JOB", .right = true, .at_least = 5},
                 {.title = "PIPELINE", .elastic = true, .at_least = 8, .importance = 60},
                 {.title = "STAGE", .elastic = true, .at_least = 10, .importance = 80},
                 {.title = "STATE", .at_least = 10, .importance = 90},
                 {.title = "TRY", .right = true, .importance = 50},
                 {.title = "CHANGED", .right = true, .importance = 65},
                 {.title = "CODE", .elastic = true, .at_least = 8, .importance = 70},
                 {.title = "SUBJECT", .elastic = true, .at_least = 8, .importance = 40}};
  for (const auto& one : of.jobs.jobs) {
    const auto subject = job_subject(one);
    const auto* said = progress_of(of.jobs, one.id);
    out.rows.push_back({number(one.id),
                        {{number(one.id)},
                         {one.pipeline},
                         {one.stage},
                         {state_text(one, said), tone_of(one.state)},
                         {number(one.attempt)},
                         {age(of, to_us(one.updated_at))},
                         {one.code},
                         {subject}},
                        said != nullptr ? progress_text(*said) : more_of(one, subject)});
  }
  if (!of.jobs.trouble.empty())
    out.note = fmt::format("jobs cannot be read now: {}", of.jobs.trouble);
  else if (out.rows.size() == jobs_at_most)
    out.note = fmt::format("the newest {}", jobs_at_most);
  out.nothing = "no jobs";
  return out;
}

listing list_health(const snapshot& of) {
  listing out;
  out.columns = {{.title = "HEALTH", .at_least = 9},
                 {.title = "WHY", .elastic = true, .at_least = 10, .importance = 90}};
  for (std::size_t i = 0; i < of.health.reasons.size(); ++i)
    out.rows.push_back(
        {number(static_cast<std::int64_t>(i)),
         {{of.health.state, tone_of_health(of.health.state)}, {of.health.reasons[i]}},
         of.health.reasons[i]});
  out.nothing = of.health.state == "healthy" ? "healthy: nothing needs a look" : of.health.state;
  return out;
}

listing list_runtimes(const snapshot& of) {
  listing out;
  out.columns = {{.title = "RUNTIME", .right = true},
                 {.title = "STATE", .importance = 95},
                 {.title = "HOST", .elastic = true, .at_least = 8, .importance = 90},
                 {.title = "PID", .right = true, .importance = 70},
                 {.title = "VERSION", .importance = 50},
                 {.title = "SINCE", .right = true, .at_least = 6, .importance = 80},
                 {.title = "THIS", .importance = 85}};
  for (const auto& one : of.runtimes.runtimes)
    out.rows.push_back({number(one.runtime_id),
                        {{number(one.runtime_id)},
                         {one.alive ? "alive" : "ended", one.alive ? tone::plain : tone::faint},
                         {one.host},
                         {number(one.pid)},
                         {one.version},
                         {age(of, one.started_at_us)},
                         {one.self ? "*" : ""}},
                        {}});
  if (!of.runtimes.trouble.empty())
    out.note = fmt::format("they cannot be read now: {}", of.runtimes.trouble);
  out.nothing = "no runtime yet";
  return out;
}

listing list_services(const snapshot& of) {
  listing out;
  out.columns = {{.title = "SERVICE", .at_least = 8, .importance = 95},
                 {.title = "ENDPOINT", .elastic = true, .at_least = 16, .importance = 90},
                 {.title = "STATE", .importance = 85},
                 {.title = "BREAKER", .at_least = 9, .importance = 80},
                 {.title = "SINCE", .right = true, .at_least = 6, .importance = 70}};
  for (const auto& one : of.services.services)
    for (const auto& at : one.endpoints)
      out.rows.push_back({one.name + '\n' + at.url,
                          {{one.name},
                           {at.url},
                           {at.is_well ? "in order" : "out", at.is_well ? tone::good : tone::bad},
                           {at.breaker},
                           {age(of, at.since_us)}},
                          at.why});
  if (!of.services.trouble.empty())
    out.note = fmt::format("they cannot be seen now: {}", of.services.trouble);
  out.nothing = "none: files are parsed and text is embedded in the runtime itself";
  return out;
}

void fetch_nothing(runtime_client&, const screen_query&, snapshot&) {}

void fetch_actors(runtime_client& from, const screen_query&, snapshot& into) {
  into.actors = from.actors();
}

void fetch_jobs(runtime_client& from, const screen_query& what, snapshot& into) {
  auto filter = what.jobs;
  filter.limit = jobs_at_most;
  into.jobs = from.jobs(filter);
}

void fetch_events(runtime_client& from, const screen_query&, snapshot& into) {
  into.events = from.events({.after = -1, .limit = events_at_most});
}

void fetch_overview(runtime_client& from, const screen_query& what, snapshot& into) {
  fetch_actors(from, what, into);
  fetch_events(from, what, into);
}

void fetch_runtimes(runtime_client& from, const screen_query&, snapshot& into) {
  into.runtimes = from.runtimes();
}

void fetch_services(runtime_client& from, const screen_query&, snapshot& into) {
  into.services = from.services();
}

}  // namespace

const std::vector<pane>& panes() {
  static const std::vector<pane> all{
      {pane_id::overview, "Main", fetch_overview, list_all_stages},
      {pane_id::stages, "Stages", fetch_nothing, list_all_stages},
      {pane_id::actors, "Actors", fetch_actors, list_actors},
      {pane_id::jobs, "Jobs", fetch_jobs, list_jobs},
      {pane_id::events, "Events", fetch_events, list_events},
      {pane_id::health, "Health", fetch_nothing, list_health},
      {pane_id::runtimes, "Runtimes", fetch_runtimes, list_runtimes},
      {pane_id::services, "Services", fetch_services, list_services}};
  return all;
}

const pane& find_pane(pane_id id) {
  return *std::find_if(panes().begin(), panes().end(),
                       [&](const pane& one) { return one.id == id; });
}

std::string stage_row_id(const actors::stage_view& stage) {
  return stage.pipeline + '\n' + stage.stage;
}

listing list_stages(const snapshot& of, std::size_t room) {
  const auto& stages = of.stages.stages;
  const bool one_pipeline = std::all_of(stages.begin(), stages.end(), [&](const auto& one) {
    return one.pipeline == stages.front().pipeline;
  });
  listing out;
  out.columns = {
      {.title = "PIPELINE", .elastic = true, .at_least = 8, .importance = one_pipeline ? 40 : 95},
      {.title = "STAGE", .elastic = true, .at_least = 12, .rather = 19},
      {.title = "QUEUE", .right = true, .importance = 90},
      {.title = "WORK", .right = true, .importance = 92},
      {.title = "RETRY", .right = true, .importance = 80},
      {.title = "DEAD", .right = true, .importance = 85},
      {.title = "PER S", .right = true, .at_least = 6, .importance = 88},
      {.title = "P50", .right = true, .at_least = 6, .importance = 55},
      {.title = "P99", .right = true, .at_least = 6, .importance = 60},
      {.title = "CALL", .right = true, .at_least = 6, .importance = 30},
      {.title = "DONE", .right = true, .at_least = 6, .importance = 20},
      {.title = "PAUSED", .elastic = true, .at_least = 8, .importance = 10}};
  const auto idle = static_cast<std::size_t>(std::count_if(stages.begin(), stages.end(), is_idle));
  auto idle_room = room - std::min(room, stages.size() - idle);
  std::string_view last_pipeline;
  for (const auto& one : stages) {
    if (is_idle(one)) {
      if (idle_room == 0)
        continue;
      --idle_room;
    }
    out.rows.push_back(stage_row(of, one, one.pipeline != last_pipeline));
    last_pipeline = one.pipeline;
  }
  if (!of.stages.trouble.empty())
    out.note = fmt::format("jobs cannot be counted now: {}", of.stages.trouble);
  out.nothing = "no stage yet";
  return out;
}

tone tone_of(pipeline::job_state state) {
  switch (state) {
    case pipeline::job_state::retryable:
      return tone::notice;
    case pipeline::job_state::deadletter:
      return tone::bad;
    case pipeline::job_state::done:
    case pipeline::job_state::cancelled:
      return tone::faint;
    default:
      return tone::plain;
  }
}

tone tone_of_health(std::string_view state) {
  return state == "healthy" ? tone::good : state == "degraded" ? tone::notice : tone::bad;
}

listing list_events(const snapshot& of) {
  listing out;
  out.columns = {{.title = "UTC", .at_least = 8, .importance = 70},
                 {.title = "JOB", .right = true, .at_least = 5, .importance = 90},
                 {.title = "STAGE", .elastic = true, .at_least = 10, .importance = 80},
                 {.title = "TYPE", .at_least = 13, .importance = 85},
                 {.title = "CODE", .elastic = true, .at_least = 8, .importance = 75},
                 {.title = "MESSAGE", .elastic = true, .at_least = 8, .importance = 60}};
  const auto& events = of.events.events;
  for (auto at = events.rbegin(); at != events.rend(); ++at) {
    const auto how = at->severity == "error"     ? tone::bad
                     : at->severity == "warning" ? tone::notice
                                                 : tone::plain;
    out.rows.push_back(
        {number(at->id),
         {{to_iso8601(at->at).substr(11, 8)},
          {at->job == 0 ? "" : number(at->job)},
          {at->stage},
          {at->type},
          {at->code, how},
          {at->message}},
         at->code.empty() ? at->message : fmt::format("{}: {}", at->code, at->message)});
  }
  if (!of.events.trouble.empty())
    out.note = fmt::format("events cannot be read now: {}", of.events.trouble);
  out.nothing = "nothing has happened yet";
  return out;
}

}  // namespace millrace::app
