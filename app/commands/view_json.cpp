#include "app/commands/view_json.hpp"

#include "actors/inspector/protocol/json_fields.hpp"
#include "base/iso8601.hpp"
#include "storage/history/job_json.hpp"

#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

namespace millrace::app {
namespace {

using json = nlohmann::ordered_json;
using actors::shown_as;

template <class T>
json shown_value(const T& value, shown_as form = shown_as::same);

struct document_fields {
  json to = json::object();
  template <class T>
  void operator()(const actors::field& at, const T& value) {
    if (at.shown != nullptr)
      to[at.shown] = shown_value(value, at.as);
  }
};

template <class View>
json fields_of(const View& view) {
  document_fields fields;
  list_fields(fields, view);
  return std::move(fields.to);
}

json shown_number(std::int64_t number, shown_as form) {
  constexpr double thousandths = 1000;
  if (form == shown_as::moment && number != 0)
    return to_iso8601_us(from_us(number));
  if (form == shown_as::thousandths)
    return static_cast<double>(number) / thousandths;
  return number == 0 && form != shown_as::same ? json() : json(number);
}

/// How many children there are in each state.
json shown_children(const std::vector<actors::children_row>& children) {
  json counts;
  for (const auto& [state, count] : children)
    counts[state] = count;
  return counts;
}

template <class T>
json shown_value(const T& value, shown_as form) {
  if constexpr (std::same_as<T, std::string>) {
    return form == shown_as::document ? storage::embedded(value) : json(value);
  } else if constexpr (std::same_as<T, bool>) {
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
    return value ? shown_value(*value, form) : json();
  } else if constexpr (actors::is_list<T>::value) {
    auto list = json::array();
    for (const auto& element : value)
      list.push_back(shown_value(element));
    return list;
  } else {
    return fields_of(value);
  }
}

}  // namespace

json document_of(const actors::runtime_view& view) { return fields_of(view); }

json document_of(const actors::actors_view& view) { return shown_value(view.actors); }

json document_of(const actors::stages_view& view) {
  auto document = fields_of(view);
  // Jobs that are not counted yet are not shown as none.
  if (view.counted_at_us == 0)
    for (auto& stage : document["stages"])
      stage["jobs"] = nullptr;
  return document;
}

json document_of(const actors::health_view& view) { return fields_of(view); }

json document_of(const actors::runtimes_view& view) { return fields_of(view); }

json document_of(const actors::services_view& view) { return fields_of(view); }

json document_of(const actors::progress_view& view) { return fields_of(view); }

json document_of(const actors::job_row& job) {
  auto document = fields_of(job);
  if (job.state != pipeline::job_state::working)
    document["has_begun"] = nullptr;
  return document;
}

json document_of(const actors::event_row& event) { return fields_of(event); }

json document_of(const std::vector<actors::job_row>& jobs) {
  auto list = json::array();
  for (const auto& job : jobs)
    list.push_back(document_of(job));
  return list;
}

json document_of(const std::vector<actors::event_row>& events) { return shown_value(events); }

json document_of(const actors::job_row& job, const std::vector<actors::event_row>& events) {
  auto document = document_of(job);
  document["events"] = document_of(events);
  return document;
}

}  // namespace millrace::app
