#pragma once

#include "pipeline/ingest/services.hpp"
#include "pipeline/ingest/settings.hpp"
#include "pipeline/subprocess.hpp"

#include <string>
#include <variant>
#include <vector>

namespace millrace::pipeline::ingest {

/// The path of `millrace-parser`: beside the running program if it is there, else its bare name,
/// which is looked up in PATH; unless the settings name an absolute path.
std::string helper_path(const parser_settings& settings);

/// How a parser ended when it ended by itself, whatever its exit status; else a reject
/// (PARSER_LIMIT) when it reached a limit, and a retry (PARSER_FAILED) when it could not be
/// started, or was stopped.
using parser_ended = std::variant<command_result, reject, retry>;

/// Runs a program in a child process under the settings' limits of CPU, memory, time and output.
parser_ended run_limited(const std::vector<std::string>& argv, const parser_settings& settings,
                         const context& at);

/// Converts an HTML file in a child process, under the same limits.
parser_ended convert_html(const std::string& path, const parser_settings& settings,
                          const context& at);

/// The retry of a program that ended as it never should, with what it said.
retry failed_unexpectedly(const std::string& program, const command_result& result);

}  // namespace millrace::pipeline::ingest
