#include "app/api/openapi.hpp"

#include "app/api/call.hpp"
#include "app/api/routes/routes.hpp"
#include "app/api/views/view_schema.hpp"
#include "app/version.hpp"
#include "base/unicode/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace millrace::app::api {
namespace {

schema schema_of(const parameter& of) {
  switch (of.kind) {
    case value_kind::text:
      return {{"type", "string"}, {"minLength", 1}};
    case value_kind::number:
      return {{"type", "integer"}, {"minimum", of.least}, {"maximum", of.most}};
    case value_kind::flag:
      return {{"type", "boolean"}};
    case value_kind::moment:
      return {{"type", "string"}, {"format", "date-time"}};
    case value_kind::wait:
      return {{"type", "string"}, {"pattern", R"(^\d+(us|ms|s|m|h|d)$)"}, {"examples", {"30s"}}};
    case value_kind::choice:
      return {{"type", "string"}, {"enum", of.choices}};
  }
  return schema::object();
}

schema parameters_of(const route& of) {
  auto all = schema::array();
  for (auto at = of.path.find('{'); at != std::string::npos; at = of.path.find('{', at + 1)) {
    const auto name = of.path.substr(at + 1, of.path.find('}', at) - at - 1);
    all.push_back({{"name", name},
                   {"in", "path"},
                   {"required", true},
                   {"schema", of.path.starts_with("/v1/jobs")
                                  ? schema{{"type", "integer"}, {"minimum", 1}}
                                  : schema{{"type", "string"}, {"minLength", 1}}}});
  }
  for (const auto& known : of.query)
    all.push_back({{"name", known.name},
                   {"in", "query"},
                   {"required", known.required},
                   {"description", known.help},
                   {"schema", schema_of(known)}});
  for (const auto& known : of.headers)
    all.push_back({{"name", known.name},
                   {"in", "header"},
                   {"description", known.help},
                   {"schema", schema_of(known)}});
  return all;
}

schema reference(const std::string& name) { return {{"$ref", "#/components/schemas/" + name}}; }

/// Lines are text to OpenAPI.
bool is_described(std::string_view media_type) {
  return media_type == "application/json" || media_type == "multipart/form-data";
}

schema request_body(const body_spec& of) {
  schema content;
  for (const auto& type : of.types)
    content[type] = {
        {"schema", is_described(type) ? reference(of.schema) : schema{{"type", "string"}}}};
  return {{"required", true}, {"description", of.help}, {"content", content}};
}

schema responses_of(const route& of) {
  schema success{{"description", "Success."}};
  if (!of.answer.empty())
    success["content"]["application/json"] = {{"schema", reference(of.answer)}};
  else if (of.status != 204)
    success["content"]["text/plain"] = {{"schema", {{"type", "string"}}}};
  if (of.mode == answer_mode::events)
    success["content"]["text/event-stream"] = {{"schema", {{"type", "string"}}}};
  const schema failure{{"application/problem+json", {{"schema", reference("Problem")}}}};
  return {{fmt::to_string(of.status), success},
          {"default", {{"description", "A problem document (RFC 9457)."}, {"content", failure}}}};
}

schema operation_of(const route& of) {
  schema operation{{"operationId", of.id}, {"summary", of.summary}};
  operation["description"] =
      of.is_open ? "Needs no token."
                 : fmt::format("Needs the token of a {}, or of more.", to_string(of.role));
  operation["security"] =
      of.is_open ? schema::array() : schema::array({{{"token", schema::array()}}});
  operation["parameters"] = parameters_of(of);
  if (!of.body.types.empty())
    operation["requestBody"] = request_body(of.body);
  operation["responses"] = responses_of(of);
  return operation;
}

schema new_job() {
  const schema text{{"type", "string"}};
  return {{"description",
           "An object with the member `payload` is a job with these members; any other document is "
           "the payload."},
          {"type", schema::array({"object", "array", "string", "number", "boolean", "null"})},
          {"properties",
           {{"payload", schema::object()},
            {"priority", {{"type", "integer"}}},
            {"at", text},
            {"unique", text},
            {"correlation", text},
            {"tenant", text},
            {"tags", {{"type", "array"}, {"items", text}}},
            {"concurrency_key", text},
            {"traceparent", text}}}};
}

schema job_details() {
  auto all = schema_of_view<actors::job_row>();
  all["properties"]["progress"] = or_null(schema_of_view<actors::progress_view>());
  all["required"].push_back("progress");
  return all;
}

schema search_request() {
  return {{"type", "object"},
          {"required", {"query"}},
          {"properties",
           {{"query", {{"type", "string"}, {"pattern", R"(\\S)"}}},
            {"top", {{"type", "integer"}, {"minimum", 1}, {"maximum", 1000}}},
            {"owner", {{"type", "string"}}},
            {"path", {{"type", "string"}}},
            {"media_type", {{"type", "string"}}},
            {"collection", {{"type", "string"}}},
            {"tag", {{"type", "string"}}},
            {"per_document", {{"type", "boolean"}}}}}};
}

schema sign_in() {
  const schema text{{"type", "string"}, {"minLength", 1}};
  const auto only = [&](const char* name) {
    return schema{{"type", "object"},
                  {"required", {name}},
                  {"properties", {{name, text}}},
                  {"additionalProperties", false}};
  };
  return {{"oneOf", schema::array({only("token"), only("link")})}};
}

schema upload_form() {
  const schema file{{"type", "string"}, {"contentMediaType", "application/octet-stream"}};
  return {{"type", "object"},
          {"required", {"file"}},
          {"properties", {{"file", {{"type", "array"}, {"minItems", 1}, {"items", file}}}}}};
}

schema components() {
  return {
      {"Problem", schema_of_view<problem_view>()},
      {"Document", schema::object()},
      {"NewJob", new_job()},
      {"SubmittedJob",
       {{"oneOf",
         schema::array({schema_of_view<submitted_view>(), schema_of_view<submitted_batch>()})}}},
      {"Job", schema_of_view<actors::job_row>()},
      {"JobDetails", job_details()},
      {"JobPage", schema_of_view<job_page>()},
      {"ChildPage", schema_of_view<child_page>()},
      {"JobPlace", schema_of_view<job_place>()},
      {"BulkResult", schema_of_view<bulk_view>()},
      {"Explanation", schema_of_view<storage::explanation>()},
      {"Event", schema_of_view<actors::event_row>()},
      {"EventPage", schema_of_view<event_page>()},
      {"StageList", schema_of_view<actors::stages_view>()},
      {"StagePause", schema_of_view<pause_view>()},
      {"Runtime", schema_of_view<actors::runtime_view>()},
      {"ActorList", schema_of_view<actors::actors_view>()},
      {"ServiceList", schema_of_view<actors::services_view>()},
      {"Health", schema_of_view<actors::health_view>()},
      {"Order", schema_of_view<order_view>()},
      {"RuntimeList", schema_of_view<actors::runtimes_view>()},
      {"Schedule", schema_of_view<schedule_view>()},
      {"ScheduleList", schema_of_view<schedule_list>()},
      {"TenantList", schema_of_view<tenant_list>()},
      {"DocumentInfo", schema_of_view<ingest::document>()},
      {"DocumentPage", schema_of_view<document_page>()},
      {"UploadForm", upload_form()},
      {"UploadResult", schema_of_view<upload_list>()},
      {"Chunk", schema_of_view<ingest::chunk>()},
      {"ChunkPage", schema_of_view<chunk_page>()},
      {"SearchRequest", search_request()},
      {"SearchResult", schema_of_view<hit_list>()},
      {"Token", schema_of_view<storage::access_token>()},
      {"SignIn", sign_in()},
      {"NewToken", schema_of_view<new_token_view>()},
      {"TokenList", schema_of_view<token_list>()},
  };
}

}  // namespace

nlohmann::ordered_json describe_api() {
  schema paths;
  for (const auto& known : contract())
    paths[known.path][in_lower_case(known.method)] = operation_of(known);
  return {{"openapi", "3.1.0"},
          {"info",
           {{"title", "millrace"},
            {"version", std::string{version()}},
            {"summary", "Jobs that move through the stages of pipelines."}}},
          {"servers", schema::array({{{"url", "/"}}})},
          {"paths", paths},
          {"components",
           {{"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}}}}},
            {"schemas", components()}}}};
}

response get_openapi(call&) {
  static const std::string text = describe_api().dump();
  return typed_response("application/json", text);
}

}  // namespace millrace::app::api
