#include "app/commands/submit/job_line.hpp"

#include "app/nearest.hpp"
#include "base/json/json_text.hpp"
#include "pipeline/job_fields.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace millrace::app {
namespace {

using nlohmann::json;

void read_tags(const json& value, storage::new_job& into) {
  if (!value.is_array())
    throw pipeline::bad_field{"`tags` must be a list of texts"};
  into.tags.clear();
  for (const auto& one : value)
    pipeline::add_tag(into.tags, pipeline::text_field("tags", one));
}

/// The payload is kept as it stands in the line, so that no digit of a long number is lost.
void read_member(const json_member& member, const storage::unique_key& unique, time_point now,
                 storage::new_job& into) {
  const auto& name = member.name;
  if (name == "payload") {
    into.payload = member.value == "null" ? "" : pipeline::read_payload(member.value);
    return;
  }
  const auto value = json::parse(member.value, nullptr, /*allow_exceptions=*/false);
  if (name == "priority") {
    into.priority = pipeline::priority_field(value);
  } else if (name == "at") {
    into.run_at = pipeline::read_when(pipeline::text_field(name, value), now);
  } else if (name == "unique") {
    into.unique = unique;
    into.unique->key = pipeline::read_label("unique key", pipeline::text_field(name, value));
  } else if (name == "correlation") {
    into.correlation_id = pipeline::read_label("correlation id", pipeline::text_field(name, value));
  } else if (name == "tenant") {
    into.tenant = pipeline::read_label("tenant", pipeline::text_field(name, value));
  } else if (name == "tags") {
    read_tags(value, into);
  } else if (name == "concurrency_key") {
    into.concurrency_key =
        pipeline::read_label("concurrency key", pipeline::text_field(name, value));
  } else if (name == "traceparent") {
    into.traceparent = pipeline::read_traceparent(pipeline::text_field(name, value));
  } else {
    throw pipeline::bad_field{
        fmt::format("a job has no `{}`: {}", name,
                    did_you_mean(name, {"payload", "priority", "at", "unique", "correlation",
                                        "tenant", "tags", "traceparent", "concurrency_key"}))};
  }
}

}  // namespace

storage::new_job read_job_line(std::string_view text, const storage::new_job& model,
                               const storage::unique_key& unique, time_point now) {
  auto job = model;
  // Editors put a byte order mark before the first line.
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (text.starts_with(mark))
    text.remove_prefix(mark.size());
  const auto line = without_blanks(text);
  // The payload has its own limits; here it stands one level deeper.
  if (const auto why =
          trouble_in_json(line, {.deepest = deepest_json + 1, .nul = true, .huge_numbers = true}))
    throw pipeline::bad_field{fmt::format("it is no JSON document: {}", *why)};
  const auto members = members_of(line);
  if (std::none_of(members.begin(), members.end(),
                   [](const auto& one) { return one.name == "payload"; })) {
    job.payload = pipeline::read_payload(line);
    return job;
  }
  for (const auto& one : members)
    read_member(one, unique, now, job);
  return job;
}

}  // namespace millrace::app
