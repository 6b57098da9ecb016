#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

// Secrets in settings, on their way to a terminal or a log.
using namespace millrace;
using namespace millrace::tests;

namespace {

void check_hidden(const finished& said) {
  INFO(said.out << said.err);
  for (const auto* secret : {"swordfish", "t0p", "100%"}) {
    INFO(secret);
    CHECK(said.out.find(secret) == std::string::npos);
    CHECK(said.err.find(secret) == std::string::npos);
  }
}

}  // namespace

TEST_CASE("no command shows a password of the database, however the URL is written") {
  const sandbox in;
  for (const std::string url :
       {"postgresql://me:swordfish@127.0.0.1:1/x", "postgresql://me:100%swordfish@127.0.0.1:1/x",
        "postgresql://me:t0p/swordfish@127.0.0.1:1/x",
        "postgresql://me:t0p@swordfish@127.0.0.1:1/x",
        "postgresql://me@127.0.0.1:1/x?sslpassword=swordfish&password=swordfish",
        "mysql://me:swordfish@127.0.0.1/x"})
    for (auto words :
         std::vector<std::vector<std::string>>{{"config"},
                                               {"config", "--json"},
                                               {"jobs"},
                                               {"run", "--runtime.init_timeout", "100ms"},
                                               {"migrate", "--check"}}) {
      INFO(url << " " << words.front());
      words.insert(words.end(), {"--storage.url", url});
      check_hidden(in.millrace(words));
    }
}

TEST_CASE("a secret in the URL or the command line of a handler is not shown") {
  const sandbox in;
  for (const std::string handler :
       {"http:https://127.0.0.1/publish?token=swordfish",
        "http:https://me:t0p/swordfish@127.0.0.1/", "http:https://me:swordfish@127.0.0.1/",
        "http:ftp://127.0.0.1/?api_key=swordfish", "exec:none --secret=swordfish",
        "noop:key=swordfish"}) {
    INFO(handler);
    const auto config =
        in.write("m.ini", "[pipeline.p]\nstages = a\n[stage.p.a]\nhandler = " + handler + "\n");
    check_hidden(in.millrace({"config", "--config", config}));
    check_hidden(in.millrace({"run", "--until-idle", "--config", config}));
  }
  const auto shown = in.millrace(
      {"config", "--config",
       in.write("m.ini",
                "[pipeline.p]\nstages = a\n"
                "[stage.p.a]\nhandler = http:https://127.0.0.1/publish?token=x&n=1\n")});
  CHECK_THAT(shown.out, Catch::Contains("http:https://127.0.0.1/publish?token=...&n=1"));
}
