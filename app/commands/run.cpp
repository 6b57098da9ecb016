#include "actors/log.hpp"
#include "app/commands/commands.hpp"
#include "app/handlers.hpp"
#include "app/terminal/terminal.hpp"
#include "app/version.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>

namespace millrace::app {
namespace {

constexpr auto details = R"(
Works until SIGTERM or Ctrl-C: then nothing new is begun, and what is in progress gets
runtime.shutdown_grace to end; a second signal gives it back at once. The log goes to stderr.

Examples:
  millrace run --config config/millrace.ini
  millrace run --until-idle --log.level warning
)";

void declare(boost::program_options::options_description_easy_init add) {
  add("until-idle", "end when nothing is left to do (runtime.until_idle)");
}

void configure_log(const settings& values) {
  using actors::log_level;
  static const std::map<std::string, log_level> levels{{"debug", log_level::debug},
                                                       {"info", log_level::info},
                                                       {"warning", log_level::warning},
                                                       {"error", log_level::error},
                                                       {"off", log_level::off}};
  actors::configure_log(levels.at(values.log_level), values.log_format == "json"
                                                         ? actors::log_format::json
                                                         : actors::log_format::text);
}

/// A thread does not return, and nothing may wait for it: no destructor runs.
[[noreturn]] void leave_at_once(exit_code code) {
  flush_output();
  std::_Exit(static_cast<int>(code));
}

exit_code run(const invocation& call) {
  // Who reads the log may go away.
  std::signal(SIGPIPE, SIG_IGN);
  configure_log(call.config.values);
  auto values = call.config.values.runtime;
  values.version = version();
  values.parser = call.config.values.ingest.parser;
  values.until_idle = values.until_idle || call.has("until-idle");
  try {
    if (!actors::run(values, make_parts(call.config, call.handlers)).threads_joined)
      leave_at_once(exit_code::well);
  } catch (const actors::error& bad) {
    if (bad.threads_joined())
      throw;
    std::fputs(explain(bad).c_str(), stderr);
    leave_at_once(exit_code::no);
  }
  return exit_code::well;
}

}  // namespace

command run_command() {
  return {"run", "Run jobs, in the foreground.", "", 0, 0, details, declare, run};
}

}  // namespace millrace::app
