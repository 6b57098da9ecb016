#include "app/commands/session.hpp"

#include "app/nearest.hpp"
#include "base/os/user_name.hpp"
#include "base/whole_number.hpp"
#include "storage/db/error.hpp"
#include "storage/db/migrate.hpp"
#include "storage/runtimes/data_dir.hpp"
#include "storage/runtimes/process.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <string_view>

namespace millrace::app {
namespace {

/// Of a SQLite database.
std::filesystem::path database_file(const settings& values) {
  const std::string_view url = values.runtime.database.url;
  return url.substr(url.find(':') + 1);
}

void follow_server_clock(pipeline::fleet_clock& time, storage::connection& on) {
  const auto begin = time.monotonic();
  if (const auto server = storage::this_process().server_time(on))
    time.follow(*server, begin, time.monotonic());
}

}  // namespace

std::unique_ptr<storage::connection> open_existing(const invocation& call) {
  const auto& values = call.config.values;
  if (!database_exists(values))
    throw storage::error{storage::error_kind::permanent, "cannot open the database",
                         fmt::format("{} does not exist", database_file(values).string()),
                         "make it with `millrace migrate` or a first `millrace submit`, or check "
                         "storage.url and runtime.data_dir"};
  auto on = std::make_unique<storage::connection>(values.runtime.database);
  storage::require_current_schema(*on);
  follow_server_clock(call.time, *on);
  return on;
}

std::unique_ptr<storage::connection> open_or_create(const invocation& call) {
  const auto& values = call.config.values;
  storage::make_data_dir(values.runtime.data_dir);
  auto on = std::make_unique<storage::connection>(values.runtime.database);
  follow_server_clock(call.time, *on);
  storage::migrate(*on, call.time.now());
  return on;
}

bool database_exists(const settings& values) {
  if (storage::dialect_of(values.runtime.database.url) != storage::dialect::sqlite)
    return true;
  std::error_code unreadable;
  return std::filesystem::exists(database_file(values), unreadable) || unreadable;
}

std::string user_name() { return millrace::user_name(getuid()); }

std::int64_t job_argument(const invocation& call) { return job_id(call.arguments.front()); }

std::int64_t job_id(const std::string& text) {
  const auto id = parse_whole_number(text);
  if (!id || *id < 1)
    throw bad_usage("cannot find the job", fmt::format("`{}` is no job id", text),
                    "`millrace jobs` shows the ids");
  return *id;
}

std::int64_t count_option(const invocation& call, const char* option) {
  const auto value = call.get<std::int64_t>(option);
  if (value < 1)
    throw bad_usage(fmt::format("cannot use --{} {}", option, value), "it must be at least 1",
                    "give a larger number");
  return value;
}

std::string path_option(const invocation& call, const char* option) {
  if (!call.has(option))
    return {};
  const auto path = call.text(option);
  if (path.empty())
    throw bad_usage(fmt::format("cannot use --{}", option), "the path is empty",
                    "name a file or a folder");
  return std::filesystem::absolute(path).lexically_normal().string();
}

std::uint16_t find_pipeline(const pipeline::catalog& all, const std::string& name) {
  if (const auto at = all.find(name))
    return *at;
  std::vector<std::string> known;
  for (const auto& one : all.pipelines())
    known.push_back(one.name);
  throw bad_usage("cannot find the pipeline", fmt::format("no pipeline is named `{}`", name),
                  did_you_mean(name, known) + " Your own are in the file that --config names");
}

std::uint16_t find_stage(const pipeline::definition& in, const std::string& name) {
  if (const auto at = in.find_stage(name))
    return *at;
  std::vector<std::string> known;
  for (const auto& one : in.stages)
    known.push_back(one.name);
  throw bad_usage("cannot find the stage",
                  fmt::format("the pipeline `{}` has none named `{}`", in.name, name),
                  did_you_mean(name, known));
}

}  // namespace millrace::app
