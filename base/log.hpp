#pragma once

#include "base/named_value.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

/// The log: one line an event, with an id that stays the same from version to version, and fields.
/// Never the text of a document, a key or a vector.
namespace millrace {

/// `off` is no level of a line: a log from there on has no lines.
enum class log_level : std::uint8_t { debug, info, warning, error, off };

inline constexpr auto log_level_names =
    std::to_array<named_value<log_level>>({{log_level::debug, "debug"},
                                           {log_level::info, "info"},
                                           {log_level::warning, "warning"},
                                           {log_level::error, "error"},
                                           {log_level::off, "off"}});

enum class log_format : std::uint8_t { text, json };

inline constexpr auto log_format_names = std::to_array<named_value<log_format>>(
    {{log_format::text, "text"}, {log_format::json, "json"}});

/// Where the log goes: stderr, one line an event, from this level on. Until it is called the log is
/// off.
void configure_log(log_level from, log_format format);

/// Changes the level of a log that was configured. From any thread.
void set_log_level(log_level from);

/// The name of a field. One that each line has already does not compile.
class field_name {
 public:
  consteval field_name(const char* text) : text_(text) {
    if (text_ == "at" || text_ == "level" || text_ == "event")
      throw "each line of the log has a field of that name";
  }
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

struct log_field {
  field_name name;
  std::variant<std::int64_t, double, std::string_view> value;
};

/// Whether a line of that level would be written: asked before fields are computed on a hot path.
bool log_enabled(log_level level);

/// Writes one line: the id is UPPER_CASE and names the event ("JOB_DEAD").
void log_event(log_level level, std::string_view id, std::initializer_list<log_field> fields = {});

}  // namespace millrace
