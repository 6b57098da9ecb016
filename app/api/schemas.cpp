#include "app/api/schemas.hpp"

#include "pipeline/job.hpp"
#include "storage/access/tokens.hpp"

#include <initializer_list>
#include <string>
#include <utility>

namespace millrace::app::api {
namespace {

using json = nlohmann::ordered_json;
using member = std::pair<std::string, json>;

json object(std::initializer_list<member> members) {
  json made{{"type", "object"}};
  for (const auto& [name, schema] : members) {
    made["properties"][name] = schema;
    made["required"].push_back(name);
  }
  return made;
}

json list_of(const std::string& schema) {
  return {{"type", "array"}, {"items", {{"$ref", "#/components/schemas/" + schema}}}};
}

json or_null(const char* type) { return {{"type", json::array({type, "null"})}}; }

json text() { return {{"type", "string"}}; }
json number() { return {{"type", "integer"}}; }
json truth() { return {{"type", "boolean"}}; }
json moment() { return {{"type", "string"}, {"format", "date-time"}}; }
json moment_or_null() { return {{"type", json::array({"string", "null"})}, {"format", "date-time"}}; }
json anything() { return json::object(); }

json state() {
  json names;
  for (const auto one : pipeline::all_job_states)
    names.push_back(std::string{to_string(one)});
  return {{"type", "string"}, {"enum", names}};
}

json role() {
  json names;
  for (const auto one : storage::all_access_roles)
    names.push_back(std::string{to_string(one)});
  return {{"type", "string"}, {"enum", names}};
}

json job() {
  return object({{"job_id", number()}, {"pipeline", text()}, {"stage", text()}, {"state", state()},
                 {"epoch", number()}, {"attempt", number()}, {"crashes", number()}, {"priority", number()},
                 {"run_at", moment()}, {"created_at", moment()}, {"updated_at", moment()},
                 {"claimed_by", or_null("integer")}, {"has_begun", or_null("boolean")},
                 {"cancel_requested", truth()}, {"correlation_id", text()}, {"unique_key", text()},
                 {"tenant", text()}, {"tags", anything()}, {"parent", or_null("integer")},
                 {"children", or_null("object")}, {"code", text()}, {"message", text()},
                 {"payload", anything()}, {"output", anything()}});
}

json event() {
  return object({{"event_id", number()}, {"job_id", number()}, {"pipeline", text()}, {"stage", text()},
                 {"type", text()}, {"severity", text()}, {"code", text()}, {"message", text()},
                 {"epoch", number()}, {"attempt", number()}, {"at", moment()}, {"correlation_id", text()}});
}

json token(bool with_secret) {
  auto made = object({{"name", text()}, {"role", role()}, {"owner", or_null("string")}, {"tenant", or_null("string")},
                      {"pipeline", or_null("string")}, {"created_at", moment()}, {"created_by", text()},
                      {"expires_at", moment_or_null()}});
  if (with_secret) {
    made["properties"]["secret"] = text();
    made["required"].push_back("secret");
  }
  return made;
}

json new_job() {
  json made{{"description",
             "An object with the member `payload` is a job with these members; any other document is the payload."}};
  made["type"] = json::array({"object", "array", "string", "number", "boolean", "null"});
  made["properties"] = {{"payload", anything()}, {"priority", number()}, {"at", text()}, {"unique", text()},
                        {"correlation", text()}, {"tenant", text()},
                        {"tags", {{"type", "array"}, {"items", text()}}}};
  return made;
}

json submitted_job() {
  const auto one = object({{"job_id", number()}, {"result", {{"type", "string"}, {"enum", {"made", "kept", "replaced"}}}}});
  return {{"oneOf", json::array({one, object({{"jobs", {{"type", "array"}, {"items", one}}}})})}};
}

json pipeline_list() {
  auto stage = object({{"stage", text()}, {"handler", text()}, {"jobs", {{"type", "object"}, {"additionalProperties", number()}}},
                       {"paused", or_null("object")}});
  auto one = object({{"pipeline", text()}, {"stages", {{"type", "array"}, {"items", stage}}}});
  return object({{"pipelines", {{"type", "array"}, {"items", one}}}});
}

json search_result() {
  auto hit = object({{"score", {{"type", "number"}}}, {"document_id", text()}, {"document_name", text()},
                     {"source_path", text()}, {"chunk_id", anything()}, {"ord", number()}, {"byte_begin", number()},
                     {"byte_end", number()}, {"heading_path", text()}, {"text", text()}});
  return object({{"hits", {{"type", "array"}, {"items", hit}}}});
}

}  // namespace

json schemas() {
  const auto runtime = object({{"runtime_id", number()}, {"host", text()}, {"pid", number()}, {"version", text()},
                               {"started_at", moment()}, {"lease_until", moment()}, {"alive", truth()}});
  const auto schedule = object({{"schedule", text()}, {"pipeline", text()}, {"cron", text()}, {"next_at", moment()},
                                {"last_at", moment_or_null()}, {"last_job", or_null("integer")}});
  return {
      {"Problem", object({{"type", text()}, {"title", text()}, {"status", number()}, {"code", text()}, {"detail", text()}, {"next", text()}})},
      {"Document", anything()},
      {"NewJob", new_job()},
      {"SubmittedJob", submitted_job()},
      {"Job", job()},
      {"JobPage", object({{"jobs", list_of("Job")}, {"next_before", or_null("integer")}})},
      {"ChildPage", object({{"jobs", list_of("Job")}, {"next_after", or_null("integer")}})},
      {"JobPlace", object({{"job_id", number()}, {"pipeline", text()}, {"stage", text()}, {"state", state()}, {"cancel_requested", truth()}})},
      {"Explanation", object({{"job_id", number()}, {"reason", text()}, {"text", text()}, {"next", text()}})},
      {"Event", event()},
      {"EventPage", object({{"events", list_of("Event")}, {"next_after", or_null("integer")}})},
      {"PipelineList", pipeline_list()},
      {"StagePause", object({{"pipeline", text()}, {"stage", or_null("string")}, {"paused", truth()}})},
      {"Runtime", runtime},
      {"RuntimeList", object({{"runtimes", list_of("Runtime")}})},
      {"Schedule", schedule},
      {"ScheduleList", object({{"schedules", list_of("Schedule")}})},
      {"SearchRequest", {{"type", "object"}, {"required", {"query"}},
                         {"properties", {{"query", {{"type", "string"}, {"minLength", 1}}}, {"top", {{"type", "integer"}, {"minimum", 1}, {"maximum", 1000}}}}}}},
      {"SearchResult", search_result()},
      {"Token", token(false)},
      {"NewToken", token(true)},
      {"TokenList", object({{"tokens", list_of("Token")}})},
  };
}

}  // namespace millrace::app::api
