#include "ingest/parse/parser_process.hpp"

#include "base/os/unique_fd.hpp"
#include "ingest/parse/parser_exit.hpp"
#include "ingest/parse/pool/parser_pool.hpp"
#include "pipeline/api.hpp"
#include "pipeline/troubles.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

namespace millrace::ingest {
namespace {

reject limit_reached(std::string why) { return {std::string{codes::PARSER_LIMIT}, std::move(why)}; }

retry failed(std::string why) {
  return {std::string{codes::PARSER_FAILED}, std::move(why), std::nullopt};
}

double in_seconds(duration d) { return std::chrono::duration<double>(d).count(); }

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

parser_ended cannot_start(const std::string& program, int error, const context& at) {
  return pipeline::out_of_order(
      at.now, fmt::format("cannot start {}: {}", program, std::generic_category().message(error)));
}

/// What an ending says of the file; `program` is what to call the parser.
parser_ended explain(os::command_result&& result, const std::string& program,
                     const parser_settings& settings, std::int64_t max_output, const context& at) {
  if (result.how == os::ending::exited && result.status > parser_exit::tool_signalled) {
    result.how = os::ending::signalled;
    result.status -= parser_exit::tool_signalled;
  }
  switch (result.how) {
    case os::ending::not_started:
      return cannot_start(helper_path(settings), result.status, at);
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
      if (result.status == SIGSYS)
        return limit_reached(fmt::format("{} made a system call that no parser makes", program));
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
  return std::move(result);
}

pool::request request_for(std::string_view kind, std::string_view file_name,
                          const parser_settings& settings) {
#ifdef __SANITIZE_ADDRESS__
  // The sanitizer's shadow alone takes terabytes of addresses.
  const std::int64_t memory_limit = 0;
#else
  const auto memory_limit = settings.memory_limit;
#endif
  // The outline of a text of many small blocks is larger than the text.
  constexpr std::int64_t parts = 4;
  constexpr std::int64_t room = 1 << 20;
  return {.kind = std::string{kind},
          .file_name = std::string{file_name},
          .cpu_seconds = settings.cpu_limit.count(),
          .memory_bytes = memory_limit,
          .output_bytes = parts * settings.max_text_size + room};
}

parser_ended read_file_with(pool::parser_pool& with, const pool::request& what,
                            const std::string& path, const context& at) {
  const unique_fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file)
    return failed(fmt::format("cannot read {}: {}", path, std::generic_category().message(errno)));
  return explain(with.read(what, file, at.stop), "millrace-parser", with.settings(),
                 what.output_bytes, at);
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

std::optional<sandbox_parts> ask_for_sandbox(const parser_settings& settings) {
  const auto told = os::run({.argv = {helper_path(settings), "sandbox"},
                             .environment = std::vector<std::string>{},
                             .time_limit = settings.time_limit},
                            {});
  const auto end = told.output.find('\n');
  if (told.how != os::ending::exited || told.status != parser_exit::ok || end == std::string::npos)
    return std::nullopt;
  return sandbox_parts{told.output.substr(0, end), first_line(told.output.substr(end + 1))};
}

parser_ended convert_file(pool::parser_pool& with, std::string_view kind, const std::string& path,
                          std::string_view file_name, const context& at) {
  return read_file_with(with, request_for(kind, file_name, with.settings()), path, at);
}

parser_ended unpack_file(pool::parser_pool& with, std::string_view kind, const std::string& path,
                         std::string_view file_name, const unpack_limits& unpacked,
                         const context& at) {
  // Paths of members, of a few kilobytes at most, and what is said about each.
  constexpr std::int64_t room_per_member = 1024;
  auto what = request_for(kind, file_name, with.settings());
  what.output_bytes += unpacked.bytes + room_per_member * unpacked.members;
  what.unpack = unpacked;
  return read_file_with(with, what, path, at);
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
