#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace millrace {

/// A value of an enumeration and its name, as it is written in settings and in the log. The table
/// of all of them stands beside the enumeration and is the only list of its names.
template <class Value>
struct named_value {
  Value value{};
  std::string_view name{};
};

/// The name of a value; empty for one that the table does not have.
template <class Value, std::size_t Count>
constexpr std::string_view name_of(const std::array<named_value<Value>, Count>& table,
                                   Value value) {
  for (const auto& row : table)
    if (row.value == value)
      return row.name;
  return {};
}

/// The value of that name, or nothing.
template <class Value, std::size_t Count>
constexpr std::optional<Value> value_of(const std::array<named_value<Value>, Count>& table,
                                        std::string_view name) {
  for (const auto& row : table)
    if (row.name == name)
      return row.value;
  return std::nullopt;
}

}  // namespace millrace
