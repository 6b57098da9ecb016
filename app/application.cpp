#include "app/application.hpp"

#include "actors/inspector/client/connect.hpp"
#include "app/command_line.hpp"
#include "app/generate/generate.hpp"
#include "app/generate/topics.hpp"
#include "app/nearest.hpp"
#include "app/settings/find_file.hpp"
#include "app/settings/load.hpp"
#include "app/terminal/terminal.hpp"
#include "app/version.hpp"
#include "ingest/stages.hpp"
#include "storage/db/error.hpp"
#include "storage/history/job_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace millrace::app {
namespace {

/// `names` are those that may have been meant besides.
const command& find_command(const std::string& name, std::vector<std::string> names = {}) {
  for (const auto& one : commands()) {
    if (one.name == name)
      return one;
    names.push_back(one.name);
  }
  throw bad_usage("cannot run millrace", fmt::format("unknown command `{}`", name),
                  did_you_mean(name, names) + " See `millrace --help`");
}

/// Of a topic, or of a command.
std::string help_about(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& one : topics()) {
    if (one.name == name)
      return one.text();
    names.push_back(one.name);
  }
  return render_help(find_command(name, std::move(names)));
}

/// Whether the command is to tell of faults in the configuration, which ends every other one.
bool notes_faults(const command& what, const parsed_line& line) {
  return what.fault_option != nullptr && line.options.count(what.fault_option) > 0;
}

exit_code run_command(const command& what, const std::vector<std::string>& words,
                      const environment& variables, extension own) {
  auto line = parse_line(what, words);
  if (line.help) {
    print_page(render_help(what));
    return exit_code::well;
  }
  own.pipelines.insert(own.pipelines.begin(), ingest::ingest_pipeline());
  const auto file = find_settings_file(line.config_file, variables);
  std::vector<fault> faults;
  const load_request request{file.path, variables, line.entries, std::move(own.pipelines)};
  auto config = load(request, notes_faults(what, line) ? &faults : nullptr);
  config.file_reason = file.reason;
  auto& database = config.values.runtime.database;
  if (const auto known = storage::dialect_of(database.url); known && own.schema)
    database.application_schema = own.schema(*known);
  const system_clock machine_time;
  pipeline::fleet_clock time{machine_time};
  return what.run({std::move(config), std::move(line.options), std::move(line.arguments),
                   std::move(own.handlers), machine_time, time, [request] { return load(request); },
                   std::move(faults)});
}

exit_code dispatch(const std::vector<std::string>& words, const environment& variables,
                   extension own) {
  if (words.empty()) {
    complain_page(render_help(commands()));
    return exit_code::usage;
  }
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    print_page(words.size() > 1 ? help_about(words[1]) : render_help(commands()));
    return exit_code::well;
  }
  if (words[0] == "generate") {
    print_page(generate({words.begin() + 1, words.end()}));
    return exit_code::well;
  }
  if (words[0] == "--version") {
    print("millrace {}\n", version());
    return exit_code::well;
  }
  if (words[0].starts_with('-'))
    throw bad_usage("cannot run millrace", fmt::format("the command comes before `{}`", words[0]),
                    "write `millrace COMMAND [options]`, see `millrace --help`");
  return run_command(find_command(words[0]), {words.begin() + 1, words.end()}, variables,
                     std::move(own));
}

/// Which command failed, and over which job where it names one. Other words may be secret.
std::string doing(const std::vector<std::string>& words) {
  std::string text = "something unexpected happened";
  if (words.empty())
    return text;
  text += fmt::format(" in `millrace {}", words.front());
  if (words.size() > 1 && words[1].find_first_not_of("0123456789") == std::string::npos)
    text += ' ' + words[1];
  return text + '`';
}

/// With `--json`, as a JSON document.
class failure_report {
 public:
  explicit failure_report(const std::vector<std::string>& words)
      : as_json_{std::find(words.begin(), words.end(), "--json") != words.end()} {}

  int operator()(const millrace::error& bad, exit_code code) const {
    const nlohmann::ordered_json document{{"title", bad.summary()},
                                          {"detail", bad.why()},
                                          {"next", bad.next()},
                                          {"exit_code", static_cast<int>(code)}};
    complain_page(as_json_ ? storage::in_one_line(document) + '\n' : explain(bad));
    return static_cast<int>(code);
  }

 private:
  bool as_json_;
};

}  // namespace

int run_application(const std::vector<std::string>& words, const environment& variables,
                    extension own) {
  const failure_report tell{words};
  try {
    const auto code = dispatch(words, variables, std::move(own));
    flush_output();
    return static_cast<int>(code);
  } catch (const error& bad) {
    return tell(bad, bad.code());
  } catch (const storage::error& bad) {
    return tell(bad, exit_code::database);
  } catch (const actors::attach_error& bad) {
    return tell(bad, exit_code::nobody);
  } catch (const actors::error& bad) {
    return tell(bad, exit_code::no);
  } catch (const millrace::error& bad) {
    // What a lower floor rejects in a pipeline, such as an unknown handler.
    return tell(bad, exit_code::usage);
  } catch (const std::exception& bad) {
    return tell({doing(words), bad.what(), "report it"}, exit_code::no);
  } catch (...) {
    return tell({doing(words), "unknown", "report it"}, exit_code::no);
  }
}

}  // namespace millrace::app
