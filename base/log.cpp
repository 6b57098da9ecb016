#include "base/log.hpp"

#include "base/unicode/harmless.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

namespace millrace {
namespace {

struct log_target {
  std::shared_ptr<spdlog::logger> logger;
  log_format format = log_format::text;
};

std::atomic<log_level> lowest{log_level::off};

log_target& target() {
  static log_target one;
  return one;
}

spdlog::level::level_enum to_spdlog(log_level level) {
  switch (level) {
    case log_level::debug:
      return spdlog::level::debug;
    case log_level::info:
      return spdlog::level::info;
    case log_level::warning:
      return spdlog::level::warn;
    case log_level::error:
      return spdlog::level::err;
    case log_level::off:
      break;
  }
  return spdlog::level::off;
}

bool needs_quotes(std::string_view text) {
  return text.empty() || text.find_first_of(" \"=\n\t\\") != std::string_view::npos ||
         harmless(text) != text;
}

std::string to_text_line(std::string_view id, std::initializer_list<log_field> fields) {
  std::string line{id};
  for (const auto& [name, value] : fields) {
    fmt::format_to(std::back_inserter(line), " {}=", name.text());
    if (const auto* text = std::get_if<std::string_view>(&value)) {
      // JSON's escapes keep control characters of file names out of the terminal.
      line += needs_quotes(*text) ? nlohmann::json(*text).dump(
                                        -1, ' ', true, nlohmann::json::error_handler_t::replace)
                                  : std::string{*text};
    } else if (const auto* number = std::get_if<double>(&value)) {
      fmt::format_to(std::back_inserter(line), "{:.3f}", *number);
    } else {
      fmt::format_to(std::back_inserter(line), "{}", std::get<std::int64_t>(value));
    }
  }
  return line;
}

std::string to_json(log_level level, std::string_view id, std::initializer_list<log_field> fields) {
  const auto now =
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  nlohmann::ordered_json line;
  line["at"] =
      fmt::format("{:%FT%T}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
                  now.time_since_epoch().count() % 1000);
  line["level"] = name_of(log_level_names, level);
  line["event"] = id;
  for (const auto& [name, value] : fields)
    std::visit([&, key = std::string{name.text()}](const auto& v) { line[key] = v; }, value);
  return harmless(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace

void set_log_level(log_level from) {
  target().logger->set_level(to_spdlog(from));
  lowest = from;
}

void configure_log(log_level from, log_format format) {
  auto logger = std::make_shared<spdlog::logger>("millrace",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
  if (format == log_format::json)
    logger->set_pattern("%v");
  else
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %-7l %v", spdlog::pattern_time_type::utc);
  logger->flush_on(spdlog::level::info);
  target() = {std::move(logger), format};
  set_log_level(from);
}

bool log_enabled(log_level level) { return level >= lowest && lowest != log_level::off; }

void log_event(log_level level, std::string_view id, std::initializer_list<log_field> fields) {
  if (!log_enabled(level))
    return;
  const auto& to = target();
  to.logger->log(
      to_spdlog(level), "{}",
      to.format == log_format::json ? to_json(level, id, fields) : to_text_line(id, fields));
}

}  // namespace millrace
