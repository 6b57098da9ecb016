#include "storage/db/migrate.hpp"

#include "app/commands/commands.hpp"
#include "app/commands/session.hpp"
#include "app/terminal/terminal.hpp"

#include <fmt/format.h>

namespace millrace::app {
namespace {

constexpr auto migrate_help = R"(
`run` and `submit` do the same when they begin. With --check, nothing is changed; the exit code is 1
where something is to be done.

Examples:
  millrace migrate
  millrace migrate --check || echo "a new version was installed"
)";

void declare_migrate(boost::program_options::options_description_easy_init add) {
  add("check", "only say whether there is something to do");
}

exit_code check(const settings& values) {
  if (!database_exists(values)) {
    print("there is no database yet: {}\n", values.runtime.database.url);
    return exit_code::no;
  }
  storage::connection on{values.runtime.database};
  const auto found = storage::read_schema_version(on);
  print("schema {} of {}\n", found.database, found.binary);
  if (found.database > found.binary)
    storage::require_current_schema(on);
  return found.database >= found.binary ? exit_code::well : exit_code::no;
}

exit_code run_migrate(const invocation& call) {
  if (call.has("check"))
    return check(call.config.values);
  const auto on = open_or_create(call);
  const auto found = storage::read_schema_version(*on);
  print("schema {} of {}\n", found.database, found.binary);
  return exit_code::well;
}

}  // namespace

command migrate_command() {
  return {"migrate",
          "Make the database, or bring it up to date.",
          "",
          0,
          0,
          migrate_help,
          declare_migrate,
          run_migrate};
}

}  // namespace millrace::app
