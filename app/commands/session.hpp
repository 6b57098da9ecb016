#pragma once

#include "app/command.hpp"
#include "pipeline/definition.hpp"
#include "pipeline/time.hpp"
#include "storage/database.hpp"

#include <cstdint>
#include <memory>
#include <string>

/// What several commands begin with.
namespace millrace::app {

/// The database as it is: throws storage::error when it is not there yet, or of another version.
std::unique_ptr<storage::connection> open_existing(const settings& values);

/// The database, made and brought up to date if need be, with the data directory.
std::unique_ptr<storage::connection> open_or_create(const settings& values);

/// Whether there is a database to open.
bool database_exists(const settings& values);

pipeline::time_point now();

/// Who gives this command, for the history of a job.
std::string user_name();

/// The first argument as the id of a job. Throws app::error.
std::int64_t job_argument(const invocation& call);

/// The id of a job in a text. Throws app::error.
std::int64_t job_id(const std::string& text);

/// The option's whole number, at least 1. Throws app::error.
std::int64_t count_option(const invocation& call, const char* option);

/// The position of the pipeline of that name. Throws app::error that names the nearest.
std::uint16_t find_pipeline(const pipeline::catalog& all, const std::string& name);

/// The position of the stage of that name. Throws app::error that names the nearest.
std::uint16_t find_stage(const pipeline::definition& in, const std::string& name);

}  // namespace millrace::app
