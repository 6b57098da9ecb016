#include "app/commands/job_line.hpp"

#include "app/commands/job_fields.hpp"
#include "app/nearest.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace millrace::app {
namespace {

using nlohmann::json;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto begin = std::min(text.find_first_not_of(blanks), text.size());
  const auto end = text.find_last_not_of(blanks);
  return end == std::string_view::npos ? std::string_view{} : text.substr(begin, end + 1 - begin);
}

std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; text[at] != '"'; ++at)
    if (text[at] == '\\')
      ++at;
  return at + 1;
}

/// Where the value that begins at `at`, or before, is over: at a comma or a closing brace.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  for (int depth = 0;;) {
    const char c = text[at];
    if (depth == 0 && (c == ',' || c == '}'))
      return at;
    depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
    at = c == '"' ? end_of_string(text, at) : at + 1;
  }
}

/// How the payload stands in the line, so that no digit of a long number is lost; empty where its
/// name is written in another way. The line is an object that has one.
std::string_view payload_text(std::string_view line) {
  std::string_view found;
  auto at = line.find('{') + 1;
  while (line[at] != '}') {
    const auto name = line.find('"', at);
    const auto after_name = end_of_string(line, name);
    const auto value = line.find(':', after_name) + 1;
    const auto end = end_of_value(line, value);
    if (line.substr(name, after_name - name) == "\"payload\"")
      found = trimmed(line.substr(value, end - value));
    at = line[end] == ',' ? end + 1 : end;
  }
  return found;
}

const std::string& text_of(const std::string& name, const json& value) {
  if (!value.is_string())
    throw bad_field{fmt::format("`{}` must be a text", name)};
  return value.get_ref<const std::string&>();
}

int priority_of(const json& value) {
  using limits = std::numeric_limits<int>;
  if (!value.is_number_integer() || value < limits::min() || value > limits::max())
    throw bad_field{fmt::format("`priority` must be a whole number from {} to {}", limits::min(),
                                limits::max())};
  return value.get<int>();
}

void read_tags(const json& value, storage::new_job& into) {
  if (!value.is_array())
    throw bad_field{"`tags` must be a list of texts"};
  into.tags.clear();
  for (const auto& one : value)
    add_tag(into, text_of("tags", one));
}

void read_payload_of(std::string_view line, const json& value, storage::new_job& into) {
  if (value.is_null()) {
    into.payload.clear();
    return;
  }
  const auto text = payload_text(line);
  into.payload = read_payload(text.empty() ? value.dump() : text);
}

void read_member(std::string_view line, const std::string& name, const json& value,
                 const storage::unique_key& unique, pipeline::time_point now,
                 storage::new_job& into) {
  if (name == "payload") {
    read_payload_of(line, value, into);
  } else if (name == "priority") {
    into.priority = priority_of(value);
  } else if (name == "at") {
    into.run_at = read_when(text_of(name, value), now);
  } else if (name == "unique") {
    into.unique = unique;
    into.unique->key = read_label("unique key", text_of(name, value));
  } else if (name == "correlation") {
    into.correlation_id = read_label("correlation id", text_of(name, value));
  } else if (name == "tenant") {
    into.tenant = read_label("tenant", text_of(name, value));
  } else if (name == "tags") {
    read_tags(value, into);
  } else {
    throw bad_field{fmt::format("a job has no `{}`: {}", name,
                                did_you_mean(name, {"payload", "priority", "at", "unique",
                                                    "correlation", "tenant", "tags"}))};
  }
}

}  // namespace

storage::new_job read_job_line(std::string_view text, const storage::new_job& model,
                               const storage::unique_key& unique, pipeline::time_point now) {
  auto job = model;
  const auto line = trimmed(text);
  const auto document = json::parse(line, nullptr, false);
  if (document.is_discarded())
    throw bad_field{"it is no JSON document"};
  if (!document.is_object() || !document.contains("payload")) {
    job.payload = read_payload(line);
    return job;
  }
  for (const auto& [name, value] : document.items())
    read_member(line, name, value, unique, now, job);
  return job;
}

}  // namespace millrace::app
