#include "app/generate/topics.hpp"

#include "app/settings/template.hpp"

namespace millrace::app {
namespace {

constexpr auto topic_of_files = R"(Settings are in the first of these files that there is:

  what --config names
  what MILLRACE_CONFIG names
  $XDG_CONFIG_HOME/millrace/millrace.ini, or ~/.config/millrace/millrace.ini
  /etc/millrace/millrace.ini

The database and what was taken in are in runtime.data_dir:

  $XDG_DATA_HOME/millrace, or ~/.local/share/millrace
  /var/lib/millrace where millrace was installed from a package
)";

constexpr auto topic_of_environment = R"(Settings, with two underscores for each dot:

  MILLRACE_RUNTIME__IN_FLIGHT=500

Others that are read:

  MILLRACE_CONFIG            the file of settings; empty for none
  HOME, XDG_CONFIG_HOME      where that is looked for
  XDG_DATA_HOME              where data are kept
  NO_COLOR                   no colours
  NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID
                             the service manager that is told how a runtime fares
)";

constexpr auto topic_of_exit_codes = R"(How a command ends:

  0    well
  1    the command's own no: a job failed or was not found, health is not well
  2    the command line or the configuration is wrong
  3    the database cannot be opened or used
  4    no runtime to attach to, or none that speaks the same protocol
  130  ended by Ctrl-C
)";

constexpr auto topic_of_signals = R"(What a runtime does at a signal:

  SIGTERM, SIGINT  begins nothing new, and ends when what is in progress has ended or
                   runtime.shutdown_grace is over; a second one gives back at once
  SIGHUP           reads the settings again: log.level is taken over, and the log says what needs a
                   restart; if its terminal was closed, as SIGTERM
)";

}  // namespace

const std::vector<topic>& topics() {
  static const std::vector<topic> all{
      {"files", [] { return std::string{topic_of_files}; }},
      {"environment", [] { return std::string{topic_of_environment}; }},
      {"exit-codes", [] { return std::string{topic_of_exit_codes}; }},
      {"signals", [] { return std::string{topic_of_signals}; }},
      {"settings", render_template}};
  return all;
}

}  // namespace millrace::app
