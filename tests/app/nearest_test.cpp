#include "app/nearest.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::app;

TEST_CASE("the edit distance counts inserts, deletes, replacements and swaps") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("lease", "lease") == 0);
  CHECK(edit_distance("leas", "lease") == 1);
  CHECK(edit_distance("leease", "lease") == 1);
  CHECK(edit_distance("leaze", "lease") == 1);
  CHECK(edit_distance("laese", "lease") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("the nearest name is the one with the fewest edits") {
  CHECK(nearest("submitt", {"search", "submit", "run"}) == "submit");
  CHECK(nearest("runtime.in_fligth", {"runtime.lease", "runtime.in_flight"}) ==
        "runtime.in_flight");
  CHECK(nearest("x", {}).empty());
  CHECK(did_you_mean("rnu", {"search", "run"}) == "did you mean `run`?");
  CHECK(did_you_mean("rnu", {}).empty());
}

TEST_CASE("a name that is near to none is answered with the list of them") {
  CHECK(did_you_mean("frobnicate", {"search", "run"}) == "known: search, run.");
  CHECK(near_name("reboot", {"run", "replay", "search"}).empty());
  CHECK(near_name("pipline", {"payload", "pipeline"}) == "pipeline");
  CHECK(near_name("x", {"search"}).empty());
  CHECK_THAT(list_of_known(std::vector<std::string>(60, "a")), Catch::EndsWith("a, ...."));
}

TEST_CASE("the beginning of a name is near to the whole name") {
  CHECK(nearest("--pipe", {"--state", "--pipeline"}) == "--pipeline");
  CHECK(nearest("sub", {"run", "submit"}) == "submit");
}

TEST_CASE("a name without its section is near to the whole name") {
  CHECK(nearest("in_flight", {"log.level", "limit", "runtime.in_flight"}) == "runtime.in_flight");
  CHECK(nearest("level", {"lever", "log.level"}) == "log.level");
  CHECK(nearest("level", {"level", "log.level"}) == "level");
}
