#include "pipeline/handlers/process/read_made_job.hpp"

#include "base/json/json_text.hpp"
#include "base/text_line.hpp"
#include "pipeline/check_made_job.hpp"
#include "pipeline/job_fields.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <string>

namespace millrace::pipeline::external {
namespace {

using nlohmann::json;

template <class All>
auto choice_of(const std::string& name, const std::string& text, const All& all) {
  for (const auto known : all)
    if (to_string(known) == text)
      return known;
  throw bad_field{fmt::format("`{}` is `{}`, which is unknown", name, one_line(text, 40))};
}

void read_member(const std::string& name, const json& value, time_point now, made_job& into) {
  if (name == "tags") {
    if (!value.is_array())
      throw bad_field{"`tags` must be a list of texts"};
    into.tags.clear();
    for (const auto& tag : value)
      add_tag(into.tags, text_field(name, tag));
  } else if (name == "priority") {
    into.priority = priority_field(value);
  } else if (name == "pipeline") {
    into.pipeline = read_label("pipeline", text_field(name, value));
  } else if (name == "at") {
    into.run_at = read_when(text_field(name, value), now);
  } else if (name == "unique") {
    into.unique = read_label("unique key", text_field(name, value));
  } else if (name == "concurrency_key") {
    into.concurrency_key = read_label("concurrency key", text_field(name, value));
  } else if (name == "unique_while") {
    into.unique_while = choice_of(name, text_field(name, value), all_unique_scopes);
  } else if (name == "on_conflict") {
    into.on_conflict = choice_of(name, text_field(name, value),
                                 std::array{unique_conflict::keep, unique_conflict::replace});
  } else if (name == "correlation") {
    into.correlation_id = read_label("correlation id", text_field(name, value));
  } else if (name == "tenant") {
    into.tenant = read_label("tenant", text_field(name, value));
  } else {
    throw bad_field{fmt::format("a job has no `{}`", one_line(name, 40))};
  }
}

}  // namespace

made_job read_made_job(std::string_view object, time_point now) {
  if (!object.starts_with('{'))
    throw bad_field{"a job is not an object"};
  made_job read;
  for (const auto& member : members_of(object)) {
    if (member.value == "null")
      continue;
    if (member.name == "payload")
      read.payload = read_payload(member.value);
    else
      read_member(std::string{member.name}, json::parse(member.value, nullptr, false), now, read);
  }
  if (read.pipeline.empty())
    throw bad_field{"a job names no `pipeline`"};
  check(read);
  return read;
}

}  // namespace millrace::pipeline::external
