#include "app/commands/commands.hpp"
#include "app/settings/template.hpp"
#include "app/terminal/terminal.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace millrace::app {
namespace {

constexpr auto config_help = R"(
In a pipe: one line a setting, cells separated by tabs: name, value and where it comes from.

Examples:
  millrace config --config config/millrace.ini
  millrace config --template > millrace.ini
)";

void declare_config(boost::program_options::options_description_easy_init add) {
  add("json", "print a JSON document");
  add("template", "print an .ini file with every setting at its default and what it means");
}

void print_json(const std::vector<effective>& listing) {
  auto all = nlohmann::ordered_json::array();
  for (const auto& one : listing)
    all.push_back({{"name", one.key}, {"value", one.value}, {"origin", one.origin}});
  print_page(all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n');
}

exit_code run_config(const invocation& call) {
  const auto as = choose_style(call.has("json"));
  if (call.has("template")) {
    print_page(render_template());
  } else if (as == style::json) {
    print_json(call.config.listing);
  } else {
    table all{{{.title = "SETTING"}, {.title = "VALUE"}, {.title = "FROM"}}, {}};
    for (const auto& one : call.config.listing)
      all.rows.push_back({one.key, one.value, one.origin});
    print_table(all, as);
  }
  return exit_code::well;
}

}  // namespace

command config_command() {
  return {"config",
          "Show every setting in effect and where it comes from.",
          "",
          0,
          0,
          config_help,
          declare_config,
          run_config};
}

}  // namespace millrace::app
