#include "storage/access/sessions.hpp"
#include "tests/app/api/api_server.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <string>

namespace millrace::tests {
namespace {

using namespace std::chrono_literals;
using storage::access_role;

api_answer sign_in(const api_server& at, const std::string& body) {
  return at.ask({.method = "POST", .target = "/v1/session", .body = body, .token = ""});
}

/// "NAME=SECRET" of the cookie that an answer sets.
std::string cookie_of(const api_answer& answer) {
  const auto& set = answer.headers.at("set-cookie");
  return set.substr(0, set.find(';'));
}

api_request with_cookie(const std::string& method, const std::string& target,
                        const std::string& cookie, const std::string& origin = {}) {
  api_request asked{.method = method, .target = target, .token = ""};
  asked.headers = {{"Cookie", "theme=dark; " + cookie}};
  if (!origin.empty())
    asked.headers.emplace_back("Origin", origin);
  return asked;
}

}  // namespace

TEST_CASE("the pages of the console need no token and load nothing from elsewhere") {
  const api_server at;
  const auto get = [&](const std::string& path) {
    return at.ask({.method = "GET", .target = path, .token = ""});
  };
  CHECK(get("/").headers.at("location") == "/console/");
  CHECK(get("/console").status == 302);
  const auto page = get("/console/");
  CHECK(page.status == 200);
  CHECK(page.headers.at("content-type") == "text/html; charset=utf-8");
  CHECK(page.headers.at("content-security-policy").find("default-src 'none'") == 0);
  CHECK(page.body.find("http://") == std::string::npos);
  CHECK(page.body.find("https://") == std::string::npos);
  CHECK(get("/console/lib/dom.js").headers.at("content-type") == "text/javascript; charset=utf-8");
  CHECK(get("/console/none.js").code() == "NOT_FOUND");
  CHECK(get("/console/../v1/jobs").status >= 400);
  CHECK(at.ask({.method = "POST", .target = "/console/", .token = ""}).status == 405);

  api_request again{.method = "GET", .target = "/console/", .token = ""};
  again.headers = {{"If-None-Match", page.headers.at("etag")}};
  const auto same = at.ask(again);
  CHECK(same.status == 304);
  CHECK(same.body.empty());
}

TEST_CASE("a session is as good as its token, and no longer") {
  api_server at;
  const auto secret = at.token(access_role::viewer, {.tenant = "acme"});
  const auto answer = sign_in(at, fmt::format(R"({{"token": "{}"}})", secret));
  REQUIRE(answer.status == 201);
  CHECK(answer.json()["role"] == "viewer");
  CHECK(answer.body.find(secret) == std::string::npos);
  const auto& set = answer.headers.at("set-cookie");
  for (const auto* part : {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"})
    CHECK(set.find(part) != std::string::npos);
  CHECK(set.find("Secure") == std::string::npos);
  CHECK(answer.headers.at("cache-control") == "no-store");
  const auto cookie = cookie_of(answer);
  CHECK(at.ask(with_cookie("GET", "/v1/jobs", cookie)).status == 200);
  CHECK(at.ask(with_cookie("GET", "/v1/session", cookie)).json()["tenant"] == "acme");
  CHECK(at.ask(with_cookie("GET", "/v1/runtimes", cookie)).code() == "TOKEN_BOUND");
  CHECK(at.ask(with_cookie("GET", "/v1/tokens", cookie)).code() == "ROLE_TOO_LOW");
  REQUIRE(at.ask({"DELETE", "/v1/tokens/t1"}).status == 204);
  CHECK(at.ask(with_cookie("GET", "/v1/jobs", cookie)).code() == "TOKEN_INVALID");
}

TEST_CASE("behind a proxy that speaks TLS the cookie is for TLS only") {
  const api_server at;
  api_request asked{
      .method = "POST", .target = "/v1/session", .body = R"({"token": "owner"})", .token = ""};
  asked.headers = {{"Origin", "https://localhost"}};
  CHECK(at.ask(asked).headers.at("set-cookie").find("; Secure") != std::string::npos);
}

TEST_CASE("a session gives orders from a page of the server only") {
  api_server at;
  const auto job = fmt::format("/v1/jobs/{}/cancel", at.submit());
  const auto cookie = cookie_of(sign_in(at, R"({"token": "owner"})"));
  CHECK(at.ask(with_cookie("POST", job, cookie)).code() == "ORIGIN_REFUSED");
  auto with_both = with_cookie("POST", job, cookie);
  with_both.headers.emplace_back("Authorization", "Basic dTpw");
  CHECK(at.ask(with_both).code() == "ORIGIN_REFUSED");
  CHECK(at.ask(with_cookie("POST", job, cookie, "http://localhost:3000")).code() ==
        "ORIGIN_REFUSED");
  CHECK(at.ask(with_cookie("POST", job, cookie, "null")).code() == "ORIGIN_REFUSED");
  CHECK(at.ask(with_cookie("POST", job, cookie, "http://localhost")).status == 200);
}

TEST_CASE("an origin that may use the API with tokens may not use sessions") {
  api_server at{{.origins = {"https://shop.example.org"}}};
  const auto job = fmt::format("/v1/jobs/{}/cancel", at.submit());
  const auto cookie = cookie_of(sign_in(at, R"({"token": "owner"})"));
  CHECK(at.ask(with_cookie("POST", job, cookie, "https://shop.example.org")).code() ==
        "ORIGIN_REFUSED");
}

TEST_CASE("a link signs in once, and wrong ones are counted as wrong tokens are") {
  api_server at;
  const system_clock time;
  const auto link =
      storage::add_sign_in_link(at.on(), storage::digest_of("owner"), time.now() + 1h);
  const auto body = fmt::format(R"({{"link": "{}"}})", link);
  const auto answer = sign_in(at, body);
  CHECK(answer.status == 201);
  CHECK(answer.json()["name"] == "owner");
  for (int i = 0; i < 10; ++i)
    CHECK(sign_in(at, body).status == 401);
  CHECK(sign_in(at, body).code() == "TOO_MANY_FAILURES");
  CHECK(at.ask(with_cookie("GET", "/v1/jobs", cookie_of(answer))).status == 200);
}

TEST_CASE("signing out ends the session, and a body that is no sign-in is refused") {
  const api_server at;
  const auto cookie = cookie_of(sign_in(at, R"({"token": "owner"})"));
  const auto out = at.ask(with_cookie("DELETE", "/v1/session", cookie, "http://localhost"));
  CHECK(out.status == 204);
  CHECK(out.headers.at("set-cookie").find("Max-Age=0") != std::string::npos);
  CHECK(at.ask(with_cookie("GET", "/v1/jobs", cookie)).status == 401);
  for (const auto* body : {"{}", "[]", "1", "{", R"({"token": 1})", R"({"token": ""})",
                           R"({"token": "owner", "link": "x"})"})
    CHECK(sign_in(at, body).code() == "PARAMETER_INVALID");
  CHECK(sign_in(at, R"({"token": "wrong"})").code() == "TOKEN_INVALID");
}

}  // namespace millrace::tests
