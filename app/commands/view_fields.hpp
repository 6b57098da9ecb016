#pragma once

#include "actors/inspector/protocol/json_fields.hpp"
#include "base/iso8601.hpp"
#include "storage/history/job_json.hpp"

#include <nlohmann/json.hpp>

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// A struct whose fields a `list_fields` names, as a JSON document; to be written with
/// storage::in_lines() or in_one_line().
namespace millrace::app {

template <class T>
nlohmann::ordered_json shown_value(const T& value, actors::shown_as form = actors::shown_as::same);

struct document_fields {
  nlohmann::ordered_json to = nlohmann::ordered_json::object();
  template <class T>
  void operator()(const actors::field& at, const T& value) {
    if (at.shown != nullptr)
      to[at.shown] = shown_value(value, at.as);
  }
};

template <class View>
nlohmann::ordered_json fields_of(const View& view) {
  document_fields fields;
  list_fields(fields, view);
  return std::move(fields.to);
}

inline nlohmann::ordered_json shown_number(std::int64_t number, actors::shown_as form) {
  constexpr double thousandths = 1000;
  if (form == actors::shown_as::moment && number != 0)
    return to_iso8601_us(from_us(number));
  if (form == actors::shown_as::thousandths)
    return static_cast<double>(number) / thousandths;
  return number == 0 && form != actors::shown_as::same ? nlohmann::ordered_json()
                                                       : nlohmann::ordered_json(number);
}

/// How many children there are in each state.
inline nlohmann::ordered_json shown_children(const std::vector<actors::children_row>& children) {
  nlohmann::ordered_json counts;
  for (const auto& [state, count] : children)
    counts[state] = count;
  return counts;
}

template <class T>
nlohmann::ordered_json shown_value(const T& value, actors::shown_as form) {
  if constexpr (std::same_as<T, std::string>) {
    return form == actors::shown_as::document ? storage::embedded(value)
                                              : nlohmann::ordered_json(value);
  } else if constexpr (std::same_as<T, std::string_view> || std::same_as<T, bool>) {
    return value;
  } else if constexpr (std::floating_point<T>) {
    return value;
  } else if constexpr (std::integral<T>) {
    return shown_number(value, form);
  } else if constexpr (std::is_enum_v<T>) {
    return to_string(value);
  } else if constexpr (std::same_as<T, time_point>) {
    return to_iso8601_us(value);
  } else if constexpr (std::same_as<T, std::vector<actors::children_row>>) {
    return shown_children(value);
  } else if constexpr (actors::is_optional<T>::value) {
    return value ? shown_value(*value, form) : nlohmann::ordered_json{};
  } else if constexpr (actors::is_list<T>::value) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& element : value)
      list.push_back(shown_value(element));
    return list;
  } else {
    auto document = fields_of(value);
    if constexpr (std::same_as<T, actors::job_row>)
      if (value.state != pipeline::job_state::working)
        document["has_begun"] = nullptr;
    return document;
  }
}

}  // namespace millrace::app
