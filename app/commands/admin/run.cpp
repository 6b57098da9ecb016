#include "app/commands/commands.hpp"
#include "app/handlers.hpp"
#include "app/init_process.hpp"
#include "app/terminal/terminal.hpp"
#include "app/version.hpp"
#include "base/log.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace millrace::app {
namespace {

constexpr auto run_help = R"(
Works until SIGTERM, SIGHUP or Ctrl-C: then nothing new is begun, and what is in progress gets
runtime.shutdown_grace to end; a second signal gives it back at once. While the database takes no
writes it ends within five seconds. The log goes to stderr.

Examples:
  millrace run --config config/millrace.ini
  millrace run --until-idle --log.level warning
)";

void declare_run(boost::program_options::options_description_easy_init add) {
  add("until-idle", "end when nothing is left to do (runtime.until_idle)");
}

/// Tells of settings that are not known.
void tell_of_ignored(const std::vector<std::string>& variables) {
  if (!variables.empty())
    log_event(log_level::warning, "VARIABLES_IGNORED",
              {{"text", fmt::format("no settings, and ignored: {}", fmt::join(variables, ", "))}});
}

/// A thread does not return, and nothing may wait for it: no destructor runs.
[[noreturn]] void leave_at_once(exit_code code) {
  flush_output();
  std::_Exit(static_cast<int>(code));
}

exit_code run_runtime(const invocation& call) {
  leave_process_1();
  // The reader of the log may go away.
  std::signal(SIGPIPE, SIG_IGN);
  configure_log(call.config.values.log_level, call.config.values.log_format);
  tell_of_ignored(call.config.ignored_variables);
  auto values = call.config.values.runtime;
  values.version = version();
  values.until_idle = values.until_idle || call.has("until-idle");
  try {
    if (!actors::run(values, make_parts(call.config, call.machine_time, call.handlers))
             .threads_joined)
      leave_at_once(exit_code::well);
  } catch (const actors::error& bad) {
    if (bad.threads_joined())
      throw;
    complain_page(explain(bad));
    leave_at_once(exit_code::no);
  }
  return exit_code::well;
}

}  // namespace

command run_command() {
  return {"run", "Run jobs, in the foreground.", "", 0, 0, run_help, declare_run, run_runtime};
}

}  // namespace millrace::app
