#include "app/api/openapi.hpp"

#include "app/api/call.hpp"
#include "app/api/routes.hpp"
#include "app/api/schemas.hpp"
#include "app/version.hpp"

#include <fmt/format.h>

namespace millrace::app::api {
namespace {

using json = nlohmann::ordered_json;

json schema_of(const parameter& one) {
  json schema;
  switch (one.kind) {
    case value_kind::text:
      schema = {{"type", "string"}, {"minLength", 1}};
      break;
    case value_kind::number:
      schema = {{"type", "integer"}, {"minimum", one.least}, {"maximum", one.most}};
      break;
    case value_kind::flag:
      schema = {{"type", "boolean"}};
      break;
    case value_kind::moment:
      schema = {{"type", "string"}, {"format", "date-time"}};
      break;
    case value_kind::wait:
      schema = {{"type", "string"}, {"pattern", R"(^\d+(us|ms|s|m|h|d)$)"}, {"examples", {"30s"}}};
      break;
    case value_kind::choice:
      schema = {{"type", "string"}, {"enum", one.choices}};
      break;
  }
  return one.repeats ? json{{"type", "array"}, {"items", schema}} : schema;
}

json parameters_of(const route& of) {
  auto all = json::array();
  for (std::size_t at = of.path.find('{'); at != std::string::npos; at = of.path.find('{', at + 1)) {
    const auto name = of.path.substr(at + 1, of.path.find('}', at) - at - 1);
    all.push_back({{"name", name},
                   {"in", "path"},
                   {"required", true},
                   {"schema", name == "id" ? json{{"type", "integer"}, {"minimum", 1}}
                                           : json{{"type", "string"}}}});
  }
  for (const auto& one : of.query)
    all.push_back({{"name", one.name},
                   {"in", "query"},
                   {"required", one.required},
                   {"description", one.help},
                   {"schema", schema_of(one)}});
  if (of.id == "submitJobs")
    all.push_back({{"name", "Idempotency-Key"},
                   {"in", "header"},
                   {"description", "Names the request: sent again within a day, it is answered as the first time."},
                   {"schema", {{"type", "string"}, {"maxLength", 200}}}});
  return all;
}

json reference(const std::string& schema) {
  return {{"$ref", "#/components/schemas/" + schema}};
}

json operation_of(const route& of) {
  json operation{{"operationId", of.id}, {"summary", of.summary}};
  operation["description"] = of.is_open ? "Needs no token."
                                        : fmt::format("Needs the token of a {}, or of more.", to_string(of.role));
  operation["security"] = of.is_open ? json::array() : json::array({{{"token", json::array()}}});
  operation["parameters"] = parameters_of(of);
  if (!of.body.types.empty()) {
    json content;
    for (const auto& type : of.body.types)
      content[type] = {{"schema", type == "application/json" ? reference(of.body.schema) : json{{"type", "string"}}}};
    operation["requestBody"] = {{"required", true}, {"description", of.body.help}, {"content", content}};
  }
  json success{{"description", "Success."}};
  if (!of.answer.empty())
    success["content"]["application/json"] = {{"schema", reference(of.answer)}};
  else if (of.status != 204)
    success["content"]["text/plain"] = {{"schema", {{"type", "string"}}}};
  operation["responses"] = {{fmt::to_string(of.status), success},
                            {"default", {{"description", "A problem document (RFC 9457)."},
                                         {"content", {{"application/problem+json", {{"schema", reference("Problem")}}}}}}}};
  return operation;
}

std::string lower(std::string text) {
  for (auto& c : text)
    c = static_cast<char>(c | 0x20);
  return text;
}

}  // namespace

json describe_api() {
  json paths;
  for (const auto& one : contract())
    paths[one.path][lower(one.method)] = operation_of(one);
  return {{"openapi", "3.1.0"},
          {"info", {{"title", "millrace"}, {"version", std::string{version()}}, {"summary", "Jobs that move through the stages of pipelines."},
                    {"license", {{"name", "see LICENSE"}}}}},
          {"servers", json::array({{{"url", "/"}}})},
          {"paths", paths},
          {"components",
           {{"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}}}}}, {"schemas", schemas()}}}};
}

response openapi(call&) {
  static const std::string text = describe_api().dump();
  return {200, "application/json", text};
}

}  // namespace millrace::app::api
