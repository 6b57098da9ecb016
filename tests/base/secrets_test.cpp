#include "base/secrets.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace millrace;

TEST_CASE("names of secrets are known") {
  for (const auto* name : {"token", "access_token", "API-Key", "password", "sslpassword", "Secret",
                           "X-Amz-Signature", "sig", "Authorization", "pwd"})
    CHECK(names_secret(name));
  for (const auto* name : {"priority", "weight", "path", "limit", "sslmode", ""})
    CHECK_FALSE(names_secret(name));
}

TEST_CASE("a text is shown without its secrets, and with everything else") {
  CHECK(without_secrets("http:https://h/p?token=abc&n=1") == "http:https://h/p?token=...&n=1");
  CHECK(without_secrets("https://h/p?n=1&api_key=abc") == "https://h/p?n=1&api_key=...");
  CHECK(without_secrets("https://me:pass@h/p") == "https://...@h/p");
  CHECK(without_secrets("exec:run --url=https://h --secret=x y") ==
        "exec:run --url=https://h --secret=... y");
  CHECK(without_secrets("https://h/v1 priority=1 weight=2") == "https://h/v1 priority=1 weight=2");
  CHECK(without_secrets("a = b, c=d") == "a = b, c=d");
  CHECK(without_secrets("").empty());
}

TEST_CASE("a password that is not escaped is not shown in part either") {
  for (const auto* url : {"https://me:top/secret@h/p", "https://me:top@secret@h/",
                          "ftp://top?secret@h", "https://me:top#secret@h"}) {
    INFO(url);
    CHECK(without_secrets(url).find("top") == std::string::npos);
    CHECK(without_secrets(url).find("secret") == std::string::npos);
  }
}
