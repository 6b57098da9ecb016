#include "app/commands/commands.hpp"
#include "app/commands/inspect/attach.hpp"
#include "app/commands/inspect/inspect_views.hpp"
#include "app/terminal/terminal.hpp"

namespace millrace::app {
namespace {

constexpr auto health_help = R"(
Asks the runtime that uses runtime.data_dir, or the one of --connect. Ends with 0 when it is healthy,
with 1 when it is degraded or unhealthy, and with 4 when there is none: for scripts.

Examples:
  millrace health
  millrace health --json
)";

void declare_health(boost::program_options::options_description_easy_init add) {
  declare_attaching(add);
  add("json", "print a JSON document");
}

exit_code run_health(const invocation& call) {
  const auto shown = show(attach(call)->health());
  if (const auto as = choose_style(call.has("json")); as == style::json)
    print_page(shown.document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + '\n');
  else
    print_table(shown.rows, as);
  return shown.is_well ? exit_code::well : exit_code::no;
}

}  // namespace

command health_command() {
  return {"health",
          "Say whether the running runtime is healthy, and what is wrong.",
          "",
          0,
          0,
          health_help,
          declare_health,
          run_health};
}

}  // namespace millrace::app
