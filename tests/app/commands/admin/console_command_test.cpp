#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace millrace::tests {

TEST_CASE("a link to the console is for a server that is named, as a token that is there") {
  const sandbox in;
  REQUIRE(in.millrace({"token", "create", "ann", "--role", "viewer"}).code == 0);
  const auto link = [&](const std::string& url) {
    return in.millrace({"console", "--print", "--token", "ann", "--url", url});
  };
  for (const auto* url : {"https://jobs.example.com", "https://jobs.example.com/",
                          "https://jobs.example.com/console", "https://jobs.example.com/console/"})
    CHECK(link(url).out.starts_with("https://jobs.example.com/console/#link="));
  for (const auto* url : {"", "notaurl", "http://", "ftp://x", "http://x:1/p?q#f", "http://u:p@x"})
    CHECK(link(url).code == 2);
  CHECK(in.millrace({"console", "--url", "https://jobs.example.com"}).code == 2);
  const auto unknown = in.millrace({"console", "--token", "bob", "--url", "https://x"});
  CHECK(unknown.code == 1);
  CHECK(unknown.err.find("there is no token named `bob`") != std::string::npos);
}

TEST_CASE("where no server answers, no link is made") {
  const sandbox in;
  const auto off = in.millrace({"console"});
  CHECK(off.code == 1);
  CHECK(off.err.find("http.listen is off") != std::string::npos);
  const auto none = in.millrace({"console", "--http.listen", "127.0.0.1:1"});
  CHECK(none.err.find("no server answers at 127.0.0.1:1") != std::string::npos);
}

}  // namespace millrace::tests
