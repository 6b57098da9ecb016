#include "tests/app/api/api_server.hpp"

#include "app/settings/load.hpp"
#include "ingest/stages.hpp"
#include "storage/db/migrate.hpp"
#include "tests/support/session.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace millrace::tests {
namespace {

app::configuration configuration(const temp_dir& dir, const test_database& database,
                                 storage::connection& on) {
  storage::migrate(on, system_clock{}.now());
  std::vector<app::entry> all;
  const auto say = [&](const std::string& key, const std::string& value) {
    all.push_back({key, value, "here"});
  };
  say("storage.url", database.settings().url);
  say("runtime.data_dir", (dir.path() / "data").string());
  say("pipeline.p.stages", "a, b");
  for (const auto* pipeline : {"p", "ingest"})
    say(fmt::format("pipeline.{}.queue_limit", pipeline), "50");
  say("pipeline.q.stages", "a");
  for (const auto* stage : {"p.a", "p.b", "q.a"})
    say(fmt::format("stage.{}.handler", stage), "noop");
  return app::load({.config_file = {},
                    .variables = {{"HOME", dir.path().string()}},
                    .command_line = std::move(all),
                    .built_in = {ingest::ingest_pipeline()}});
}

app::api::access_settings with_owner(app::api::access_settings access) {
  access.owner_token = "owner";
  return access;
}

}  // namespace

api_server::api_server(app::api::access_settings access)
    : config_(configuration(dir_, database_, on_)),
      pipelines_(config_.pipelines),
      server_({.config = config_,
               .pipelines = pipelines_,
               .machine_time = time_,
               .database_time = time_},
              {.at = {"127.0.0.1", 0}}, with_owner(std::move(access))) {}

std::string wire_text(const api_request& what) {
  auto text = fmt::format("{} {} HTTP/1.1\r\n", what.method, what.target);
  bool has_host = false;
  for (const auto& [name, value] : what.headers) {
    text += fmt::format("{}: {}\r\n", name, value);
    has_host = has_host || name == "Host";
  }
  if (!has_host)
    text += "Host: localhost\r\n";
  if (!what.token.empty())
    text += fmt::format("Authorization: Bearer {}\r\n", what.token);
  if (!what.body.empty())
    text += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n", what.type, what.body.size());
  return text + "\r\n" + what.body;
}

api_answer api_server::ask(const api_request& what) const {
  http_peer peer{port()};
  peer.say(wire_text(what));
  auto heard = peer.hear(what.method == "HEAD");
  return {heard.status, std::move(heard.headers), std::move(heard.body)};
}

std::string api_server::token(storage::access_role role, storage::access_token bound) {
  bound.name = fmt::format("t{}", ++tokens_);
  bound.role = role;
  bound.created_at = time_.now();
  auto secret = storage::make_token_secret();
  REQUIRE(storage::add_token(on_, bound, secret));
  return secret;
}

std::int64_t api_server::blobs() const {
  std::int64_t count = 0;
  for (const auto& one :
       std::filesystem::recursive_directory_iterator{config_.values.blob_dir / "raw"})
    count += one.is_regular_file() ? 1 : 0;
  return count;
}

std::int64_t api_server::submit(const std::string& pipeline, const std::string& tenant) {
  const nlohmann::json job{{"payload", {{"n", 1}}}};
  auto body = job;
  if (!tenant.empty())
    body["tenant"] = tenant;
  const auto made = post("/v1/jobs?pipeline=" + pipeline, body.dump());
  REQUIRE(made.status == 201);
  return made.json()["job_id"];
}

std::int64_t api_server::count(const std::string& sql) {
  long long answer = 0;
  on_.session() << sql, soci::into(answer);
  return answer;
}

std::vector<std::string> api_server::orders() {
  std::vector<std::string> all;
  const auto page = get("/v1/events?code=ORDERED&after=0").json();
  for (const auto& event : page["events"])
    all.push_back(event["message"]);
  return all;
}

}  // namespace millrace::tests
