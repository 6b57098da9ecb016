#include "app/api/contract.hpp"

#include "app/api/openapi.hpp"
#include "app/command.hpp"
#include "tests/app/api/api_server.hpp"
#include "tests/support/paths.hpp"

#include <boost/program_options/options_description.hpp>
#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace millrace::tests {
namespace {

using app::api::contract;
using nlohmann::json;

/// Commands that are about this machine, its files or a terminal.
const std::set<std::string> local_commands{"run",     "serve",   "console", "certs",
                                           "migrate", "reindex", "eval"};

/// What does not fit the schema of the OpenAPI document; empty if all does. Of JSON Schema it knows
/// what the document uses.
std::string misfit(const json& value, json schema, const json& all) {
  if (schema.contains("$ref"))
    schema = all["components"]["schemas"][schema["$ref"].get<std::string>().substr(21)];
  if (schema.contains("oneOf")) {
    const auto fits = [&](const json& one) { return misfit(value, one, all).empty(); };
    return std::count_if(schema["oneOf"].begin(), schema["oneOf"].end(), fits) == 1
               ? ""
               : "not one of " + schema["oneOf"].dump();
  }
  if (schema.contains("type")) {
    const auto is = [&](const std::string& type) {
      return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
             (type == "string" && value.is_string()) ||
             (type == "integer" && value.is_number_integer()) ||
             (type == "number" && value.is_number()) || (type == "boolean" && value.is_boolean()) ||
             (type == "null" && value.is_null());
    };
    const auto types = schema["type"].is_array() ? schema["type"] : json{schema["type"]};
    if (std::none_of(types.begin(), types.end(), is))
      return value.dump() + " is not " + types.dump();
  }
  if (schema.contains("enum") &&
      std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end())
    return value.dump() + " is none of " + schema["enum"].dump();
  if (value.is_object() && schema.contains("properties")) {
    for (const auto& name : schema.value("required", json::array()))
      if (!value.contains(name))
        return fmt::format("{} is missing", name.get<std::string>());
    for (const auto& [name, member] : value.items()) {
      if (!schema["properties"].contains(name))
        return fmt::format("{} is unknown", name);
      if (auto why = misfit(member, schema["properties"][name], all); !why.empty())
        return name + ": " + why;
    }
  }
  if (value.is_array() && schema.contains("items"))
    for (const auto& item : value)
      if (auto why = misfit(item, schema["items"], all); !why.empty())
        return why;
  return {};
}

}  // namespace

TEST_CASE("each command has its call in the API, and the other way round") {
  std::set<std::string> known;
  std::set<std::string> called;
  for (const auto& command : app::commands())
    known.insert(command.name);
  for (const auto& route : contract())
    if (!route.command.empty()) {
      CHECK(known.contains(route.command));
      called.insert(route.command);
    }
  for (const auto& name : known)
    CHECK((called.contains(name) || local_commands.contains(name)));
}

TEST_CASE("what a command can be told, its call can be told") {
  // How it is shown or asked for; and what has another form over HTTP: states are one parameter,
  // --follow is a stream, --wait is GET with `wait`, a batch is lines, files are uploads.
  const std::set<std::string> of_terminals{"json",    "yes",  "help", "watch",
                                           "connect", "cert", "key",  "ca"};
  const std::set<std::string> of_other_form{
      "replay dead", "replay cancelled", "replay done", "events follow", "events job",
      "submit wait", "submit batch", "submit owner", "submit all", "submit collection",
      "search top", "submit batch-name",
      // Documents are listed by path, and deleted one by one; text and chunks are calls of their
      // own.
      "delete path", "delete owner", "document text", "document chunks", "document versions",
      "search chunks", "search explain", "search owner", "search path", "search type",
      "search collection", "search tag"};
  // Members of a job's document.
  const std::set<std::string> of_body{"payload",     "priority",    "at",
                                      "unique",      "tenant",      "tag",
                                      "correlation", "traceparent", "concurrency-key"};
  for (const auto& command : app::commands()) {
    if (local_commands.contains(command.name) || command.declare == nullptr ||
        command.name == "inspect" || command.name == "config")
      continue;
    std::set<std::string> told;
    for (const auto& route : contract())
      if (route.command == command.name)
        for (const auto& parameter : route.query)
          told.insert(parameter.name);
    boost::program_options::options_description known;
    command.declare(known.add_options());
    for (const auto& option : known.options()) {
      auto name = option->long_name();
      INFO(command.name << " --" << name);
      if (of_terminals.contains(name) || of_other_form.contains(command.name + ' ' + name) ||
          (command.name == "submit" && of_body.contains(name)))
        continue;
      std::replace(name.begin(), name.end(), '-', '_');
      CHECK(told.contains(name));
    }
  }
}

TEST_CASE("the routes of the contract can be told apart, and name what they mean once") {
  std::set<std::string> ids;
  std::set<std::string> places;
  for (const auto& route : contract()) {
    CHECK(ids.insert(route.id).second);
    CHECK(places.insert(route.method + ' ' + route.path).second);
    CHECK(route.run != nullptr);
    CHECK(route.summary.ends_with('.'));
    for (const auto& parameter : route.query)
      CHECK(parameter.help.ends_with('.'));
  }
}

TEST_CASE("docs/http.md lists all calls") {
  std::ifstream in{source_path("docs/http.md")};
  const std::string page{std::istreambuf_iterator<char>{in}, {}};
  for (const auto& route : contract())
    CHECK_THAT(page, Catch::Contains(
                         fmt::format("\n| `{} {}` | {} | {} |\n", route.method, route.path,
                                     route.is_open ? "" : to_string(route.role), route.summary)));
}

TEST_CASE("the OpenAPI document describes what the server answers") {
  api_server at;
  const auto job = at.submit("p", "acme");
  at.post(fmt::format("/v1/jobs/{}/cancel", job));
  at.post("/v1/tokens?name=t&role=viewer");
  const auto all = at.get("/v1/openapi.json").json();
  CHECK(all["openapi"] == "3.1.0");
  CHECK(all["paths"].size() > 30);

  const auto check = [&](const std::string& schema, const json& answer) {
    INFO(schema);
    CHECK(misfit(answer, all["components"]["schemas"][schema], all) == "");
  };
  check("SubmittedJob", at.post("/v1/jobs?pipeline=p").json());
  check("SubmittedJob",
        at.ask({"POST", "/v1/jobs?pipeline=p", "1\n2\n", "application/x-ndjson"}).json());
  check("JobPage", at.get("/v1/jobs").json());
  check("JobDetails", at.get("/v1/jobs/1").json());
  check("Explanation", at.get("/v1/jobs/1/explain").json());
  check("EventPage", at.get("/v1/jobs/1/events").json());
  check("EventPage", at.get("/v1/events").json());
  check("ChildPage", at.get("/v1/jobs/1/children").json());
  check("JobPlace", at.post("/v1/jobs/1/retry").json());
  check("BulkResult", at.post("/v1/jobs/cancel?pipeline=p").json());
  check("StagePause", at.post("/v1/stages/pause?pipeline=p&stage=a").json());
  check("StagePause", at.post("/v1/stages/resume?pipeline=p&stage=a").json());
  check("RuntimeList", at.get("/v1/runtimes").json());
  check("ScheduleList", at.get("/v1/schedules").json());
  check("TenantList", at.get("/v1/tenants").json());
  check("SearchResult", at.post("/v1/search", R"({"query": "x"})").json());
  check("DocumentPage", at.get("/v1/documents").json());
  check("TokenList", at.get("/v1/tokens").json());
  check("NewToken", at.post("/v1/tokens?name=u&role=admin").json());
  check("Problem", at.get("/v1/nothing").json());
  check("Problem", at.get("/v1/runtime").json());
}

}  // namespace millrace::tests
