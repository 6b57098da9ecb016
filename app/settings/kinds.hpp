#pragma once

#include "app/settings/placed_path.hpp"
#include "app/settings/size.hpp"
#include "base/duration.hpp"
#include "base/named_value.hpp"
#include "base/unicode/ascii.hpp"
#include "base/whole_number.hpp"
#include "pipeline/limits.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

/// The kinds of values that a setting can have: each reads a text, prints a value, and says what is
/// allowed.
namespace millrace::app::kinds {

/// A whole number in a range.
struct number {
  std::int64_t low = 0;
  std::int64_t high = 0;

  template <class T>
  std::optional<T> read(std::string_view text) const {
    const auto value = parse_whole_number(text);
    if (!value || *value < low || *value > high)
      return std::nullopt;
    return static_cast<T>(*value);
  }
  template <class T>
  std::string print(const T& value) const {
    return fmt::to_string(value);
  }
  std::string allowed() const { return fmt::format("{} to {}", low, high); }
};

/// A part of a whole, 0 to 1.
struct share {
  template <class T>
  std::optional<T> read(std::string_view text) const {
    T value{};
    const auto* const end = text.data() + text.size();
    const auto [rest, failure] = std::from_chars(text.data(), end, value);
    if (failure != std::errc{} || rest != end || !(value >= 0 && value <= 1))
      return std::nullopt;
    return value;
  }
  template <class T>
  std::string print(const T& value) const {
    return fmt::to_string(value);
  }
  std::string allowed() const { return "0 to 1, as 0.01"; }
};

/// A size in bytes, in a range.
struct size {
  std::int64_t low = 0;
  std::int64_t high = 0;

  template <class T>
  std::optional<T> read(std::string_view text) const {
    const auto value = parse_size(text);
    if (!value || *value < low || *value > high)
      return std::nullopt;
    return static_cast<T>(*value);
  }
  template <class T>
  std::string print(const T& value) const {
    return format_size(static_cast<std::int64_t>(value));
  }
  std::string allowed() const {
    return fmt::format("{} to {}, as 1200, 64kB, 25MB or 1GiB", format_size(low),
                       format_size(high));
  }
};

/// A duration in a range; as fine as the setting's own unit.
struct time {
  duration low{0};
  duration high{0};

  template <class T>
  std::optional<T> read(std::string_view text) const {
    const auto value = parse_duration(text);
    if (!value || *value < low || *value > high)
      return std::nullopt;
    const auto in_unit = std::chrono::duration_cast<T>(*value);
    return in_unit == *value ? std::optional{in_unit} : std::nullopt;
  }
  template <class T>
  std::string print(const T& value) const {
    return format_duration(value);
  }
  std::string allowed() const {
    return fmt::format("{} to {}, as 20ms, 3s, 5m or 1h", format_duration(low),
                       format_duration(high));
  }
};

/// A duration in a range, or nothing where none is given.
struct maybe_time {
  time given;

  template <class T>
  std::optional<T> read(std::string_view text) const {
    const auto value = given.read<typename T::value_type>(text);
    // std::optional{T{...}} would be T itself.
    return value ? std::optional<T>{std::in_place, *value} : std::nullopt;
  }
  template <class T>
  std::string print(const T& value) const {
    return value ? given.print(*value) : "";
  }
  std::string allowed() const { return given.allowed(); }
};

/// So many in a time.
struct rate {
  template <class T>
  std::optional<T> read(std::string_view text) const {
    return pipeline::parse_rate(text);
  }
  template <class T>
  std::string print(const T& value) const {
    return pipeline::format_rate(value);
  }
  std::string allowed() const { return "jobs in a time, as 100/s, 5/m or 1000/1h; 0: no bound"; }
};

struct truth {
  template <class T>
  std::optional<T> read(std::string_view text) const {
    const auto word = in_lower_case(text);
    if (word == "true" || word == "yes" || word == "on" || word == "1")
      return true;
    if (word == "false" || word == "no" || word == "off" || word == "0")
      return false;
    return std::nullopt;
  }
  template <class T>
  std::string print(const T& value) const {
    return value ? "true" : "false";
  }
  std::string allowed() const { return "true or false"; }
};

/// One of the values of an enumeration, whose table of names is `Names`; in small letters or large
/// ones. `Spellings` are names that are understood as well.
template <const auto& Names, const auto& Spellings = Names>
struct choice {
  template <class T>
  std::optional<T> read(std::string_view text) const {
    const auto word = in_lower_case(text);
    const auto value = value_of(Names, word);
    return value ? value : value_of(Spellings, word);
  }
  template <class T>
  std::string print(const T& value) const {
    return std::string{name_of(Names, value)};
  }
  std::string allowed() const {
    std::vector<std::string_view> names;
    for (const auto& row : Names)
      names.push_back(row.name);
    return fmt::format("{}", fmt::join(names, " or "));
  }
};

/// Texts that `accepts` lets pass, separated by commas.
struct list {
  bool (*accepts)(std::string_view) = nullptr;
  std::string sentence;

  template <class T>
  std::optional<T> read(std::string_view value) const {
    T texts;
    while (!value.empty()) {
      const auto comma = std::min(value.find(','), value.size());
      auto text = value.substr(0, comma);
      text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
      text.remove_suffix(text.size() - std::min(text.find_last_not_of(' ') + 1, text.size()));
      if (!accepts(text))
        return std::nullopt;
      texts.emplace_back(text);
      value.remove_prefix(std::min(comma + 1, value.size()));
    }
    return texts;
  }
  template <class T>
  std::string print(const T& value) const {
    return fmt::format("{}", fmt::join(value, ", "));
  }
  std::string allowed() const { return sentence + ", separated by commas"; }
};

/// A text that `accepts` lets pass, a path for instance.
struct text {
  bool (*accepts)(std::string_view) = nullptr;
  std::string sentence;

  template <class T>
  std::optional<T> read(std::string_view value) const {
    return accepts(value) ? std::optional{T{value}} : std::nullopt;
  }
  template <class T>
  std::string print(const T& value) const {
    return std::string{value};
  }
  std::string allowed() const { return sentence; }
};

/// A path of a file or a folder that `accepts` lets pass.
struct path : text {
  std::string placed_in(std::string_view value, const std::filesystem::path& folder) const {
    return placed_path(value, folder);
  }
};

/// The name of a program, or its path.
struct program : text {
  std::string placed_in(std::string_view value, const std::filesystem::path& folder) const {
    return value.find('/') == value.npos ? std::string{value} : placed_path(value, folder);
  }
};

/// A database, which may be a file.
struct database : text {
  std::string placed_in(std::string_view value, const std::filesystem::path& folder) const {
    constexpr std::string_view file = "sqlite:";
    return value.starts_with(file) && value.size() > file.size()
               ? std::string{file} + placed_path(value.substr(file.size()), folder)
               : std::string{value};
  }
};

}  // namespace millrace::app::kinds
