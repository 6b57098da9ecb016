#include "app/commands/admin/check_config.hpp"
#include "app/commands/commands.hpp"
#include "app/settings/template.hpp"
#include "app/terminal/terminal.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace millrace::app {
namespace {

constexpr auto config_help = R"(
The file is the first that there is of: what --config names, what MILLRACE_CONFIG names,
$XDG_CONFIG_HOME/millrace/millrace.ini (or in ~/.config), /etc/millrace/millrace.ini. The first line
says which it is and why.

In a pipe: one line a setting, cells separated by tabs: name, value and where it comes from.

With --check nothing is started and no database is opened: one line for everything that `run` would
refuse, with its place, what it is, why, and what to do; exit code 2 if there is anything, else 0.

Examples:
  millrace config --config config/millrace.ini
  millrace config --check
  millrace config --template > millrace.ini
)";

void declare_config(boost::program_options::options_description_easy_init add) {
  add("json", "print a JSON document");
  add("check", "tell of everything that a runtime would refuse");
  add("template", "print an .ini file with every setting at its default and what it means");
}

void print_json(const nlohmann::ordered_json& all) {
  print_page(all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n');
}

/// The file itself, then the settings.
std::vector<effective> list_all(const configuration& config) {
  std::vector<effective> all{{"config", config.file, config.file_reason}};
  all.insert(all.end(), config.listing.begin(), config.listing.end());
  return all;
}

void print_listing(const std::vector<effective>& listing, style as) {
  if (as == style::json) {
    auto all = nlohmann::ordered_json::array();
    for (const auto& one : listing)
      all.push_back({{"name", one.key}, {"value", one.value}, {"origin", one.origin}});
    return print_json(all);
  }
  table all{{{.title = "SETTING"}, {.title = "VALUE"}, {.title = "FROM"}}, {}};
  for (const auto& one : listing)
    all.rows.push_back({one.key, one.value, one.origin});
  print_table(all, as);
}

exit_code print_faults(const configuration& config, const std::vector<fault>& faults, style as) {
  const auto file = config.file.empty() ? "the configuration" : config.file;
  if (as == style::json) {
    auto all = nlohmann::ordered_json::array();
    for (const auto& one : faults)
      all.push_back(
          {{"where", one.where}, {"title", one.what}, {"detail", one.why}, {"next", one.next}});
    print_json(all);
  } else if (faults.empty()) {
    print("{}: a runtime would take it\n", file);
  } else {
    for (const auto& one : faults)
      print("{}: {}: {}; {}\n", one.where.empty() ? file : one.where, one.what, one.why, one.next);
  }
  return faults.empty() ? exit_code::well : exit_code::usage;
}

exit_code run_config(const invocation& call) {
  const auto as = choose_style(call.has("json"));
  if (call.has("check"))
    return print_faults(call.config, find_faults(call), as);
  if (call.has("template"))
    print_page(render_template());
  else
    print_listing(list_all(call.config), as);
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
          run_config,
          "check"};
}

}  // namespace millrace::app
