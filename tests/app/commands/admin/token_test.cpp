#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <string>

using millrace::tests::sandbox;
using nlohmann::json;

TEST_CASE("tokens are made, listed and revoked, and each order has its event") {
  const sandbox in;
  const auto made = in.millrace(
      {"token", "create", "shop", "--role", "submitter", "--tenant", "acme", "--expires", "30d"});
  REQUIRE(made.code == 0);
  CHECK_THAT(made.out, Catch::StartsWith("mr_"));
  const auto secret = made.out.substr(0, made.out.size() - 1);
  const auto listed = in.millrace({"token", "list"});
  CHECK_THAT(listed.out, Catch::StartsWith("shop\tsubmitter\t\tacme\t"));
  CHECK_THAT(listed.out, !Catch::Contains(secret));
  CHECK(json::parse(in.millrace({"token", "list", "--json"}).out)["tokens"][0]["tenant"] == "acme");
  const auto twice = in.millrace({"token", "create", "shop", "--role", "viewer"});
  CHECK(twice.code == 1);
  CHECK_THAT(twice.err, Catch::Contains("there is one named `shop`"));
  CHECK(in.millrace({"token", "revoke", "shop"}).code == 0);
  CHECK(in.millrace({"token", "revoke", "shop"}).code == 1);
  const auto events = in.millrace({"events", "--code", "ORDERED"}).out;
  CHECK_THAT(events, Catch::Contains("the token shop (submitter) is made by") &&
                         Catch::Contains("the token shop is revoked by"));
}

TEST_CASE("a wrong token is refused with what to write") {
  const sandbox in;
  for (const auto& words : {std::vector<std::string>{"token"},
                            {"token", "crate", "x"},
                            {"token", "create"},
                            {"token", "create", "x"},
                            {"token", "create", "x", "--role", "king"},
                            {"token", "create", "x", "--role", "viewer", "--expires", "soon"},
                            {"token", "create", "", "--role", "viewer"},
                            {"token", "list", "x"}}) {
    const auto said = in.millrace(words);
    CHECK(said.code == 2);
    CHECK_THAT(said.err, Catch::Contains("\n  next: "));
  }
}
