#pragma once

#include "base/os/subprocess.hpp"
#include "ingest/interfaces.hpp"
#include "ingest/settings.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace millrace::ingest {

namespace pool {
class parser_pool;
}

/// The path of `millrace-parser`: beside the running program if it is there, else its bare name,
/// which is looked up in PATH; unless the settings name an absolute path.
std::string helper_path(const parser_settings& settings);

/// The parts of the sandbox that this kernel gives parsers, and those that it does not give, with
/// the reason; as millrace-parser tells them. Nothing when it cannot be asked.
struct sandbox_parts {
  std::string active;
  std::string missing;
};
std::optional<sandbox_parts> ask_for_sandbox(const parser_settings& settings);

/// How a parser ended when it ended by itself, whatever its exit status; else a reject
/// (PARSER_LIMIT) when it reached a limit, a retry (PARSER_FAILED) when it was stopped, and a
/// snooze (OUT_OF_ORDER) when it, or what it runs, is missing or cannot be started.
using parser_ended = std::variant<os::command_result, reject, retry, snooze>;

/// Reads a file, which was called `file_name`, in a process of the pool, under its limits: with the
/// reader of that kind, or as pdf, whose output is for from_wire; or with pdfinfo.
parser_ended convert_file(pool::parser_pool& with, std::string_view kind, const std::string& path,
                          std::string_view file_name, const context& at);

/// The same with the reader of files that hold others. Its output is for container_from_wire.
parser_ended unpack_file(pool::parser_pool& with, std::string_view kind, const std::string& path,
                         std::string_view file_name, const unpack_limits& unpacked,
                         const context& at);

/// What a parser answers where there is no result; nothing where there is one.
std::optional<parse_result> without_result(parser_ended& ended);

/// The retry of a program that ended as it never should, with what it said.
retry failed_unexpectedly(const std::string& program, const os::command_result& result);

}  // namespace millrace::ingest
