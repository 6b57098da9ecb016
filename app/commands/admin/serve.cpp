#include "app/api/server.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/session.hpp"
#include "app/init_process.hpp"
#include "base/log.hpp"
#include "base/os/signals.hpp"
#include "storage/runtimes/data_dir.hpp"

#include <chrono>
#include <csignal>

namespace millrace::app {
namespace {

constexpr auto serve_help = R"(
Answers HTTP at http.listen as a runtime does, and runs no job: for machines that take requests while
others work, any number of them on one PostgreSQL. Ends at SIGTERM, SIGHUP or Ctrl-C.

Examples:
  millrace serve --config config/millrace.ini
  millrace serve --http.listen 127.0.0.1:7118
)";

exit_code run_serve(const invocation& call) {
  using namespace std::chrono_literals;
  leave_process_1();
  // The reader of the log may go away.
  std::signal(SIGPIPE, SIG_IGN);
  const auto& values = call.config.values;
  configure_log(values.log_level, values.log_format);
  if (values.http.listen == "off")
    throw bad_usage("cannot serve", "http.listen is off", "set it to ADDRESS:PORT");
  // Before any thread: one that does not block the signals would be ended by them.
  signal_waiter signals;
  storage::make_data_dir(values.runtime.data_dir);
  open_existing(call);
  const pipeline::catalog pipelines{call.config.pipelines};
  auto config = call.config;
  // A server that cannot listen is of no use.
  for (auto& value : config.listing)
    if (value.key == "http.listen" && value.origin == "default")
      value.origin = "millrace serve";
  const auto server = api::start_server({.config = config,
                                         .pipelines = pipelines,
                                         .machine_time = call.machine_time,
                                         .database_time = call.time});
  signals.wait();
  log_event(log_level::info, "SIGNAL_RECEIVED", {{"signal", signals.last_signal()}});
  server->stop(5s);
  return exit_code::well;
}

}  // namespace

command serve_command() {
  return {"serve", "Answer HTTP, in the foreground, without running jobs.",
          "",      0,
          0,       serve_help,
          nullptr, run_serve};
}

}  // namespace millrace::app
