#include "storage/runtimes/schedules.hpp"

#include "app/api/views/fleet_views.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/session.hpp"
#include "app/commands/view_fields.hpp"
#include "app/handlers.hpp"
#include "app/nearest.hpp"
#include "app/terminal/table.hpp"
#include "app/terminal/terminal.hpp"
#include "base/iso8601.hpp"
#include "storage/history/job_json.hpp"
#include "storage/jobs/job_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::app {
namespace {

constexpr auto schedules_help = R"(
Every schedule that a runtime has kept on this database, with the job that it made last. STATE says
`paused`, or `left` where its time has passed and no runtime keeps it: it makes no jobs.
  pause NAME          it makes no jobs until it is resumed
  resume NAME         it goes on with its next time
  run NAME            make a job of it now; needs the configuration that has it

Examples:
  millrace schedules
  millrace schedules pause cleaning
  millrace schedules run cleaning --config config/millrace.ini
)";

void declare_schedules(boost::program_options::options_description_easy_init add) {
  add("json", "print a JSON document");
}

std::string state_of(const api::schedule_view& view) {
  return view.paused_at ? "paused" : view.left ? "left" : "";
}

table schedule_table(const std::vector<api::schedule_view>& all) {
  table made{{{"SCHEDULE"}, {"PIPELINE"}, {"NEXT"}, {"LAST"}, {"JOB", true}, {"CRON"}, {"STATE"}},
             {}};
  for (const auto& view : all)
    made.rows.push_back({view.schedule, view.pipeline, to_iso8601(view.next_at),
                         view.last_at ? to_iso8601(*view.last_at) : "",
                         view.last_job ? fmt::to_string(*view.last_job) : "", view.cron,
                         state_of(view)});
  return made;
}

exit_code list_kept(const invocation& call) {
  const auto on = open_existing(call);
  std::vector<api::schedule_view> all;
  for (const auto& known : storage::list_schedules(*on))
    all.push_back(api::view_of(known, call.time.now()));
  const auto as = choose_style(call.has("json"));
  if (as == style::json)
    print_page(storage::in_lines(shown_value(all)) + '\n');
  else
    print_table(schedule_table(all), as);
  return exit_code::well;
}

error no_such_schedule(std::string_view verb, const std::string& name,
                       const std::vector<std::string>& known) {
  return {exit_code::no, fmt::format("cannot {} the schedule {}", verb, name),
          "there is none of that name", did_you_mean(name, known)};
}

exit_code pause_or_resume(const invocation& call, const std::string& verb) {
  const auto& name = call.arguments[1];
  const auto on = open_existing(call);
  std::vector<std::string> known;
  for (const auto& one : storage::list_schedules(*on))
    known.push_back(one.name);
  if (std::find(known.begin(), known.end(), name) == known.end())
    throw no_such_schedule(verb, name, known);
  const bool pauses = verb == "pause";
  if (pauses)
    storage::pause_schedule(*on, name, user_name(), call.time.now());
  else
    storage::resume_schedule(*on, name, user_name(), call.time.now());
  print("the schedule {} {}\n", name, pauses ? "is paused" : "makes jobs");
  return exit_code::well;
}

exit_code make_job_now(const invocation& call) {
  const auto& name = call.arguments[1];
  const pipeline::catalog pipelines{call.config.pipelines};
  std::vector<std::string> known;
  for (const auto& choice : call.config.schedules) {
    known.push_back(choice.name);
    if (choice.name != name)
      continue;
    const auto on = open_or_create(call);
    storage::job_store jobs{*on, pipelines};
    const auto job = storage::run_schedule(*on, jobs, make_schedule(choice, pipelines), user_name(),
                                           call.time.now());
    print("made job {}\n", job);
    return exit_code::well;
  }
  throw no_such_schedule("run", name, known);
}

exit_code run_schedules(const invocation& call) {
  if (call.arguments.empty())
    return list_kept(call);
  const auto& verb = call.arguments.front();
  const std::vector<std::string> verbs{"pause", "resume", "run"};
  if (std::find(verbs.begin(), verbs.end(), verb) == verbs.end())
    throw bad_usage("cannot run `millrace schedules`", fmt::format("unknown word `{}`", verb),
                    did_you_mean(verb, verbs) + " See `millrace schedules --help`");
  if (call.arguments.size() < 2)
    throw bad_usage(fmt::format("cannot run `millrace schedules {}`", verb), "NAME is missing",
                    "`millrace schedules` shows them");
  return verb == "run" ? make_job_now(call) : pause_or_resume(call, verb);
}

}  // namespace

command schedules_command() {
  return {"schedules",
          "Show and direct what makes jobs when its time comes.",
          "[pause NAME | resume NAME | run NAME]",
          0,
          2,
          schedules_help,
          declare_schedules,
          run_schedules};
}

}  // namespace millrace::app
