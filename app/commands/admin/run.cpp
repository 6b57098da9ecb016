#include "app/commands/commands.hpp"
#include "app/handlers.hpp"
#include "app/init_process.hpp"
#include "app/terminal/terminal.hpp"
#include "app/version.hpp"
#include "base/log.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

namespace millrace::app {
namespace {

constexpr auto run_help = R"(
Works until SIGTERM or Ctrl-C: then nothing new is begun, and what is in progress gets
runtime.shutdown_grace to end; a second signal gives it back at once. While the database takes no
writes it ends within five seconds. SIGHUP reads the settings again: log.level is taken over, and the
log says what needs a restart. The log goes to stderr.

Examples:
  millrace run --config config/millrace.ini
  millrace run --until-idle --log.level warning
)";

void declare_run(boost::program_options::options_description_easy_init add) {
  add("until-idle", "end when nothing is left to do (runtime.until_idle)");
}

bool has_key(const std::vector<effective>& listing, const std::string& key) {
  return std::any_of(listing.begin(), listing.end(),
                     [&](const effective& one) { return one.key == key; });
}

bool is_listed(const std::vector<effective>& listing, const effective& wanted) {
  return std::any_of(listing.begin(), listing.end(), [&](const effective& one) {
    return one.key == wanted.key && one.value == wanted.value;
  });
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

/// The level of the log is taken over; of everything else the log says that it needs a restart.
std::function<void()> make_reload(const invocation& call) {
  return [&call] {
    try {
      const auto fresh = call.reload();
      std::vector<std::string> waiting;
      for (const auto& one : fresh.listing)
        if (one.key != "log.level" && !is_listed(call.config.listing, one))
          waiting.push_back(one.key);
      for (const auto& one : call.config.listing)
        if (!has_key(fresh.listing, one.key))
          waiting.push_back(one.key);
      set_log_level(fresh.values.log_level);
      log_event(log_level::info, "SETTINGS_RELOADED",
                {{"log_level", name_of(log_level_names, fresh.values.log_level)},
                 {"need_restart", fmt::format("{}", fmt::join(waiting, ", "))}});
    } catch (const millrace::error& bad) {
      log_event(log_level::error, "SETTINGS_REFUSED",
                {{"what", bad.summary()}, {"why", bad.why()}, {"next", bad.next()}});
    }
  };
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
    auto parts = make_parts(call.config, call.machine_time, call.handlers);
    parts.reload = make_reload(call);
    if (!actors::run(values, parts).threads_joined)
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
