#include "storage/runtimes/schedules.hpp"

#include "app/commands/commands.hpp"
#include "app/commands/session.hpp"
#include "app/terminal/table.hpp"
#include "app/terminal/terminal.hpp"
#include "base/iso8601.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace millrace::app {
namespace {

constexpr auto schedules_help = R"(
Every schedule that a runtime has kept on this database, with the job that it made last. Those that no
configuration has any more make no jobs.

Example:
  millrace schedules
)";

void declare_schedules(boost::program_options::options_description_easy_init add) {
  add("json", "print a JSON document");
}

table schedule_table(const std::vector<storage::known_schedule>& all) {
  table made{{{"SCHEDULE"}, {"PIPELINE"}, {"NEXT"}, {"LAST"}, {"JOB", true}, {"CRON"}}, {}};
  for (const auto& one : all)
    made.rows.push_back({one.name, one.pipeline, to_iso8601(one.next_at),
                         one.last_at ? to_iso8601(*one.last_at) : "",
                         one.last_at ? fmt::to_string(one.last_job) : "", one.cron});
  return made;
}

std::string schedules_json(const std::vector<storage::known_schedule>& all) {
  auto made = nlohmann::json::array();
  for (const auto& one : all) {
    made.push_back({{"schedule", one.name},
                    {"pipeline", one.pipeline},
                    {"cron", one.cron},
                    {"next_at", to_iso8601_us(one.next_at)}});
    if (one.last_at)
      made.back().update({{"last_at", to_iso8601_us(*one.last_at)}, {"last_job", one.last_job}});
  }
  return made.dump(2) + '\n';
}

exit_code run_schedules(const invocation& call) {
  const auto on = open_existing(call);
  const auto all = storage::list_schedules(*on);
  const auto as = choose_style(call.has("json"));
  if (as == style::json)
    print_page(schedules_json(all));
  else
    print_table(schedule_table(all), as);
  return exit_code::well;
}

}  // namespace

command schedules_command() {
  return {"schedules",
          "Show what makes jobs when its time comes.",
          "",
          0,
          0,
          schedules_help,
          declare_schedules,
          run_schedules};
}

}  // namespace millrace::app
