#pragma once

#include "app/command.hpp"
#include "app/nearest.hpp"
#include "pipeline/definition.hpp"
#include "storage/db/database.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// What several commands begin with.
namespace millrace::app {

/// The database as it is, whose time the call follows from then on. Throws storage::error when it
/// is not there yet, or of another version.
std::unique_ptr<storage::connection> open_existing(const invocation& call);

/// The same, made and brought up to date if need be, with the data directory.
std::unique_ptr<storage::connection> open_or_create(const invocation& call);

/// Whether there is a database to open.
bool database_exists(const settings& values);

/// The user that gives this command, for the history of a job.
std::string user_name();

/// The first argument as the id of a job. Throws app::error.
std::int64_t job_argument(const invocation& call);

/// The id of a job in a text. Throws app::error.
std::int64_t job_id(const std::string& text);

/// The option's whole number, at least 1. Throws app::error.
std::int64_t count_option(const invocation& call, const char* option);

/// The option's path as documents have it: absolute, without `.` and `..`; empty where the option
/// is not given. Throws app::error where the path is empty.
std::string path_option(const invocation& call, const char* option);

/// The option's value, one of all that there are, which `kind` names. Throws app::error that names
/// the nearest.
template <class Value, std::size_t Count>
Value choice_option(const invocation& call, const char* option, const std::array<Value, Count>& all,
                    std::string_view kind) {
  std::vector<std::string> known;
  for (const auto one : all) {
    if (to_string(one) == call.text(option))
      return one;
    known.emplace_back(to_string(one));
  }
  throw bad_usage(fmt::format("cannot use --{} {}", option, call.text(option)),
                  fmt::format("there is no such {}", kind), did_you_mean(call.text(option), known));
}

/// The position of the pipeline of that name. Throws app::error that names the nearest.
std::uint16_t find_pipeline(const pipeline::catalog& all, const std::string& name);

/// The position of the stage of that name. Throws app::error that names the nearest.
std::uint16_t find_stage(const pipeline::definition& in, const std::string& name);

}  // namespace millrace::app
