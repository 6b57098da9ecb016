#include "ingest/parse/parser_process.hpp"

#include "base/os/plain_environment.hpp"
#include "ingest/parse/parser_exit.hpp"
#include "pipeline/api.hpp"
#include "pipeline/troubles.hpp"

#include <fmt/format.h>

#include <csignal>
#include <filesystem>
#include <system_error>
#include <utility>

namespace millrace::ingest {
namespace {

reject limit_reached(std::string why) { return {std::string{codes::PARSER_LIMIT}, std::move(why)}; }

retry failed(std::string why) {
  return {std::string{codes::PARSER_FAILED}, std::move(why), std::nullopt};
}

double in_seconds(duration d) { return std::chrono::duration<double>(d).count(); }

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// Runs the helper, which limits itself or what it runs; `program` is what to call that.
parser_ended run_helper(std::vector<std::string> arguments, const std::string& program,
                        const parser_settings& settings, std::int64_t max_output,
                        const context& at) {
  const auto helper = helper_path(settings);
  arguments.insert(arguments.begin(), helper);
  // A file that takes the parser over finds no keys there.
  auto result = os::run({.argv = std::move(arguments),
                         .environment = plain_environment(),
                         .time_limit = settings.time_limit,
                         .max_output = static_cast<std::size_t>(max_output)},
                        at.stop);
  switch (result.how) {
    case os::ending::not_started:
      return pipeline::out_of_order(at.now,
                                    fmt::format("cannot start {}: {}", helper,
                                                std::generic_category().message(result.status)));
    case os::ending::stopped:
      return failed(fmt::format("{} was stopped", program));
    case os::ending::timed_out:
      return limit_reached(
          fmt::format("{} was not done after {:.3g} s", program, in_seconds(settings.time_limit)));
    case os::ending::output_too_large:
      return limit_reached(fmt::format("{} made more than {} bytes of text", program, max_output));
    case os::ending::signalled:
      if (result.status == SIGXCPU || result.status == SIGKILL)
        return limit_reached(
            fmt::format("{} used more than {} s of CPU", program, settings.cpu_limit.count()));
      // Programs that get no memory abort, or crash.
      return limit_reached(fmt::format("{} was ended by signal {}, maybe for want of memory",
                                       program, result.status));
    case os::ending::exited:
      break;
  }
  if (result.status == parser_exit::out_of_memory)
    return limit_reached(
        fmt::format("{} needs more than {} bytes of memory", program, settings.memory_limit));
  if (result.status == parser_exit::not_found || result.status == parser_exit::cannot_start)
    return pipeline::out_of_order(at.now, first_line(result.errors));
  return result;
}

/// What the helper is told beside the kind.
std::vector<std::string> arguments_for(std::string_view kind, const std::string& path,
                                       std::string_view file_name,
                                       const parser_settings& settings) {
#ifdef __SANITIZE_ADDRESS__
  // The sanitizer's shadow alone takes terabytes of addresses.
  const std::int64_t memory_limit = 0;
#else
  const auto memory_limit = settings.memory_limit;
#endif
  return {std::string{kind}, path, fmt::to_string(settings.cpu_limit.count()),
          fmt::to_string(memory_limit), std::string{file_name}};
}

/// The outline of a text of many small blocks is larger than the text.
std::int64_t most_output(const parser_settings& settings) {
  constexpr std::int64_t parts = 4;
  constexpr std::int64_t room = 1 << 20;
  return parts * settings.max_text_size + room;
}

}  // namespace

std::string helper_path(const parser_settings& settings) {
  if (settings.helper.starts_with('/'))
    return settings.helper;
  std::error_code ignored;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  const auto beside = self.parent_path() / settings.helper;
  return std::filesystem::exists(beside, ignored) ? beside.string() : settings.helper;
}

parser_ended run_limited(const std::vector<std::string>& argv, const parser_settings& settings,
                         const context& at) {
  std::vector<std::string> arguments{"run", fmt::to_string(settings.cpu_limit.count()),
                                     fmt::to_string(settings.memory_limit), "--"};
  arguments.insert(arguments.end(), argv.begin(), argv.end());
  return run_helper(std::move(arguments), argv.front(), settings, settings.max_text_size, at);
}

parser_ended convert_file(std::string_view kind, const std::string& path,
                          std::string_view file_name, const parser_settings& settings,
                          const context& at) {
  return run_helper(arguments_for(kind, path, file_name, settings), "millrace-parser", settings,
                    most_output(settings), at);
}

parser_ended unpack_file(std::string_view kind, const std::string& path, std::string_view file_name,
                         const unpack_limits& unpacked, const parser_settings& settings,
                         const context& at) {
  // Paths of members, of a few kilobytes at most, and what is said about each.
  constexpr std::int64_t room_per_member = 1024;
  auto arguments = arguments_for(kind, path, file_name, settings);
  for (const auto limit : {unpacked.members, unpacked.member_bytes, unpacked.bytes})
    arguments.push_back(fmt::to_string(limit));
  return run_helper(std::move(arguments), "millrace-parser", settings,
                    most_output(settings) + unpacked.bytes + room_per_member * unpacked.members,
                    at);
}

std::optional<parse_result> without_result(parser_ended& ended) {
  if (auto* wrong = std::get_if<reject>(&ended))
    return std::move(*wrong);
  if (auto* failed = std::get_if<retry>(&ended))
    return std::move(*failed);
  if (auto* later = std::get_if<snooze>(&ended))
    return std::move(*later);
  return std::nullopt;
}

retry failed_unexpectedly(const std::string& program, const os::command_result& result) {
  return failed(fmt::format("{} ended with status {}: {}", program, result.status,
                            first_line(result.errors)));
}

}  // namespace millrace::ingest
