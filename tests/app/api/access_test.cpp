#include "app/api/contract.hpp"
#include "tests/app/api/api_server.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <map>
#include <string>

namespace millrace::tests {
namespace {

using storage::access_role;

/// The request that a route is walked with.
api_request request_of(const app::api::route& to, const std::string& token) {
  auto target = to.path;
  for (const auto* part : {"{id}", "{name}"})
    if (const auto at = target.find(part); at != std::string::npos)
      target.replace(at, std::string_view{part}.size(), "1");
  static const std::map<std::string, std::string> values{
      {"pipeline", "p"},  {"from", "a"},      {"to", "b"},
      {"name", "walker"}, {"role", "viewer"}, {"state", "cancelled"}};
  char before = '?';
  for (const auto& parameter : to.query)
    if (parameter.required || (parameter.name == "pipeline" && to.id == "submitJobs")) {
      target += fmt::format("{}{}={}", before, parameter.name, values.at(parameter.name));
      before = '&';
    }
  api_request asked{.method = to.method, .target = target, .token = token};
  if (!to.body.types.empty()) {
    asked.type = to.body.types.front();
    asked.body = to.id == "search" ? R"({"query": "q"})" : "{}";
  }
  return asked;
}

}  // namespace

TEST_CASE("each route answers the tokens of its role and of higher ones only") {
  api_server at;
  std::map<access_role, std::string> tokens;
  for (const auto role : storage::all_access_roles)
    tokens[role] = at.token(role);
  at.submit();
  for (const auto& route : app::api::contract()) {
    INFO(route.id);
    const auto without_token = at.ask(request_of(route, ""));
    CHECK((without_token.status == 401) == !route.is_open);
    for (const auto& [role, token] : tokens) {
      INFO(to_string(role));
      const auto answer = at.ask(request_of(route, token));
      const bool is_refused = answer.status == 403;
      CHECK(is_refused == (!route.is_open && role < route.role));
      if (is_refused)
        CHECK(answer.code() == "ROLE_TOO_LOW");
      CHECK((answer.status < 500 || answer.code() == "NO_RUNTIME"));
    }
  }
}

TEST_CASE("a token that is bound sees and makes only its own") {
  api_server at;
  at.submit("p", "acme");
  at.submit("p", "other");
  at.submit("q", "acme");
  const auto tenant = at.token(access_role::operates, {.tenant = "acme"});
  const auto pipeline = at.token(access_role::operates, {.pipeline = "q"});
  const auto get = [&](const std::string& target, const std::string& token) {
    return at.ask({.method = "GET", .target = target, .token = token});
  };
  CHECK(get("/v1/jobs", tenant).json()["jobs"].size() == 2);
  CHECK(get("/v1/jobs", pipeline).json()["jobs"].size() == 1);
  CHECK(get("/v1/jobs?tenant=other", tenant).code() == "TOKEN_BOUND");
  CHECK(get("/v1/jobs?pipeline=p", pipeline).code() == "TOKEN_BOUND");
  for (const auto* path : {"", "/explain", "/events", "/children", "/output"})
    CHECK(get(fmt::format("/v1/jobs/2{}", path), tenant).status == 404);
  CHECK(get("/v1/jobs/1", pipeline).status == 404);

  const auto post = [&](const std::string& target, const std::string& token,
                        const std::string& body = "{}") {
    return at.ask({.method = "POST", .target = target, .body = body, .token = token});
  };
  CHECK(post("/v1/jobs/2/cancel", tenant).status == 404);
  CHECK(post("/v1/jobs/1/cancel", pipeline).status == 404);
  CHECK(post("/v1/jobs?pipeline=p", pipeline).code() == "TOKEN_BOUND");
  CHECK(post("/v1/jobs", pipeline).status == 201);
  CHECK(post("/v1/jobs?pipeline=p", tenant, R"({"payload": 1, "tenant": "other"})").code() ==
        "JOB_INVALID");
  const auto made = post("/v1/jobs?pipeline=p", tenant).json()["job_id"].get<int>();
  CHECK(get(fmt::format("/v1/jobs/{}", made), tenant).json()["tenant"] == "acme");
  for (const auto* order :
       {"cancel?pipeline=p", "replay", "move?pipeline=p&to=b", "delete?state=done"})
    CHECK(post(fmt::format("/v1/jobs/{}", order), tenant).code() == "TOKEN_BOUND");
  CHECK(post("/v1/jobs/cancel?pipeline=p", pipeline).code() == "TOKEN_BOUND");
  for (const auto* path : {"/v1/events", "/metrics", "/v1/runtimes", "/v1/documents"})
    CHECK(get(path, tenant).code() == "TOKEN_BOUND");
  CHECK(post("/v1/search", tenant, R"({"query": "x"})").code() == "TOKEN_BOUND");
}

TEST_CASE("a token is valid from its making to its end, on the whole database") {
  api_server at;
  const auto made = at.post("/v1/tokens?name=shop&role=viewer&expires=1h");
  REQUIRE(made.status == 201);
  const auto secret = made.json()["secret"].get<std::string>();
  CHECK(at.count("select count(*) from access_tokens where hash like '%" + secret + "%'") == 0);
  const auto status = [&] {
    return at.ask({.method = "GET", .target = "/v1/jobs", .token = secret}).status;
  };
  CHECK(status() == 200);
  CHECK(at.post("/v1/tokens?name=shop&role=viewer").code() == "TOKEN_EXISTS");
  CHECK(at.get("/v1/tokens").json()["tokens"][0]["name"] == "shop");
  at.on().session() << "update access_tokens set expires_at = 1";
  CHECK(status() == 401);
  at.on().session() << "update access_tokens set expires_at = 0";
  CHECK(status() == 200);
  CHECK(at.ask({"DELETE", "/v1/tokens/shop"}).status == 204);
  CHECK(status() == 401);
  CHECK(at.ask({"DELETE", "/v1/tokens/shop"}).status == 404);
  CHECK(at.orders().size() == 2);
}

TEST_CASE("a token that is bound makes and sees no tokens, whatever its role") {
  api_server at;
  const auto bound = at.token(access_role::admin, {.tenant = "acme"});
  for (const auto* target : {"/v1/tokens", "/v1/tokens?name=free&role=admin", "/v1/tokens/t1"}) {
    const std::string path{target};
    const auto* method = path.ends_with("t1")          ? "DELETE"
                         : path.find('?') != path.npos ? "POST"
                                                       : "GET";
    CHECK(at.ask({.method = method, .target = path, .token = bound}).code() == "TOKEN_BOUND");
  }
  CHECK(at.post("/v1/tokens?name=owner&role=viewer").code() == "TOKEN_EXISTS");
}

TEST_CASE("an address that sends wrong tokens must wait, and the right ones pass") {
  api_server at;
  for (int i = 0; i < 10; ++i)
    CHECK(at.ask({.method = "GET", .target = "/v1/jobs", .token = "wrong"}).status == 401);
  const auto answer = at.ask({.method = "GET", .target = "/v1/jobs", .token = "wrong"});
  CHECK(answer.code() == "TOO_MANY_FAILURES");
  CHECK(at.get("/v1/jobs").status == 200);
  CHECK(std::stoi(answer.headers.at("retry-after")) > 0);
}

TEST_CASE("requests for other hosts, and of pages of other origins, are refused") {
  api_server at{{.hosts = {"jobs.example.org"}, .origins = {"https://shop.example.org"}}};
  const auto with = [&](const std::string& host, const std::string& origin) {
    api_request asked{"GET", "/v1/jobs"};
    asked.headers = {{"Host", host}};
    if (!origin.empty())
      asked.headers.emplace_back("Origin", origin);
    return at.ask(asked);
  };
  for (const auto* host : {"localhost", "LOCALHOST:7117", "127.0.0.1:1", "[::1]:7117",
                           "jobs.example.org", "Jobs.Example.org:443"})
    CHECK(with(host, "").status == 200);
  for (const auto* host : {"evil.example.org", "127.0.0.1.evil.org", "localhost.evil.org"})
    CHECK(with(host, "").code() == "HOST_UNKNOWN");
  CHECK(with("localhost:1", "http://localhost:1").status == 200);
  CHECK(with("localhost:1", "http://localhost:2").code() == "ORIGIN_REFUSED");
  CHECK(with("localhost", "null").code() == "ORIGIN_REFUSED");
  const auto allowed = with("localhost", "https://shop.example.org");
  CHECK(allowed.status == 200);
  CHECK(allowed.headers.at("access-control-allow-origin") == "https://shop.example.org");

  api_request asked{"OPTIONS", "/v1/jobs"};
  asked.token.clear();
  asked.headers = {{"Host", "localhost"}, {"Origin", "https://shop.example.org"}};
  const auto preflight = at.ask(asked);
  CHECK(preflight.status == 204);
  CHECK(preflight.headers.at("access-control-allow-methods") == "POST, GET");
  asked.headers = {{"Host", "localhost"}};
  CHECK(at.ask(asked).status == 405);
}

TEST_CASE("while the database is away figures are told for tokens that it knew of late") {
  api_server at;
  const auto known = at.token(storage::access_role::viewer);
  const auto revoked = at.token(storage::access_role::viewer);
  const auto ask = [&](const std::string& target, const std::string& token) {
    return at.ask({.method = "GET", .target = target, .token = token}).status;
  };
  REQUIRE(ask("/metrics", known) == 200);
  REQUIRE(ask("/metrics", revoked) == 200);
  REQUIRE(at.ask({.method = "DELETE", .target = "/v1/tokens/t2"}).status == 204);
  REQUIRE(ask("/metrics", revoked) == 401);
  at.on().session() << "alter table access_tokens rename to elsewhere";
  CHECK(ask("/metrics", known) == 200);
  CHECK(ask("/metrics", revoked) >= 500);
  CHECK(ask("/metrics", "never seen") >= 500);
  CHECK(ask("/v1/jobs", known) >= 500);
}

}  // namespace millrace::tests
