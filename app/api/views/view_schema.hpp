#pragma once

#include "actors/inspector/protocol/json_fields.hpp"
#include "app/api/views/views.hpp"
#include "base/time.hpp"
#include "pipeline/job.hpp"
#include "storage/access/tokens.hpp"

#include <nlohmann/json.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// The schemas of what app/commands/view_json.hpp makes, from the same table of fields.
namespace millrace::app::api {

using schema = nlohmann::ordered_json;

template <class View>
schema schema_of_view();

/// Under which name the OpenAPI document has the view; null where it stands in each place.
template <class View>
inline constexpr const char* component_of = nullptr;
template <>
inline constexpr const char* component_of<actors::job_row> = "Job";
template <>
inline constexpr const char* component_of<actors::event_row> = "Event";
template <>
inline constexpr const char* component_of<storage::access_token> = "Token";
template <>
inline constexpr const char* component_of<schedule_view> = "Schedule";
template <>
inline constexpr const char* component_of<ingest::document> = "DocumentInfo";
template <>
inline constexpr const char* component_of<ingest::chunk> = "Chunk";

template <class Enum>
schema schema_of_enum() {
  schema names = schema::array();
  if constexpr (std::same_as<Enum, pipeline::job_state>)
    for (const auto state : pipeline::all_job_states)
      names.push_back(std::string{to_string(state)});
  if constexpr (std::same_as<Enum, storage::access_role>)
    for (const auto role : storage::all_access_roles)
      names.push_back(std::string{to_string(role)});
  if constexpr (std::same_as<Enum, ingest::document_status>)
    for (const auto status : ingest::all_document_statuses)
      names.push_back(std::string{to_string(status)});
  return {{"type", "string"}, {"enum", names}};
}

/// The same type, or null.
inline schema or_null(schema of) {
  of["type"] = schema::array({of["type"], "null"});
  return of;
}

template <class T>
schema schema_of_value(actors::shown_as form) {
  using actors::shown_as;
  const schema moment_schema{{"type", "string"}, {"format", "date-time"}};
  if constexpr (std::convertible_to<T, std::string_view>) {
    return form == shown_as::document ? schema::object() : schema{{"type", "string"}};
  } else if constexpr (std::same_as<T, bool>) {
    return {{"type", "boolean"}};
  } else if constexpr (std::floating_point<T>) {
    return {{"type", "number"}};
  } else if constexpr (std::integral<T>) {
    if (form == shown_as::moment)
      return or_null(moment_schema);
    if (form == shown_as::thousandths)
      return {{"type", "number"}};
    const schema number{{"type", "integer"}};
    return form == shown_as::or_null ? api::or_null(number) : number;
  } else if constexpr (std::is_enum_v<T>) {
    return schema_of_enum<T>();
  } else if constexpr (std::same_as<T, time_point>) {
    return moment_schema;
  } else if constexpr (std::same_as<T, std::vector<actors::children_row>>) {
    return {{"type", schema::array({"object", "null"})},
            {"additionalProperties", {{"type", "integer"}}}};
  } else if constexpr (actors::is_optional<T>::value) {
    return api::or_null(schema_of_value<typename T::value_type>(form));
  } else if constexpr (actors::is_list<T>::value) {
    return {{"type", "array"},
            {"items", schema_of_value<typename T::value_type>(actors::shown_as::same)}};
  } else if constexpr (component_of<T> != nullptr) {
    return {{"$ref", std::string{"#/components/schemas/"} + component_of<T>}};
  } else {
    return schema_of_view<T>();
  }
}

struct schema_fields {
  schema to{{"type", "object"}, {"properties", schema::object()}, {"required", schema::array()}};
  template <class T>
  void operator()(const actors::field& at, const T&) {
    if (at.shown == nullptr)
      return;
    to["properties"][at.shown] = schema_of_value<T>(at.as);
    to["required"].push_back(at.shown);
  }
};

/// An object with all fields that documents have.
template <class View>
schema schema_of_view() {
  schema_fields fields;
  const View view{};
  list_fields(fields, view);
  // It is known of jobs at work only.
  if constexpr (std::same_as<View, actors::job_row>)
    fields.to["properties"]["has_begun"]["type"] = schema::array({"boolean", "null"});
  // They are null until they have been counted.
  if constexpr (std::same_as<View, actors::stage_view>)
    fields.to["properties"]["jobs"]["type"] = schema::array({"object", "null"});
  return fields.to;
}

}  // namespace millrace::app::api
