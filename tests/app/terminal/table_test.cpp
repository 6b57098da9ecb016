#include "app/terminal/table.hpp"

#include "app/terminal/progress.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::app;

namespace {

table sample() {
  return {{{.title = "JOB", .right = true}, {.title = "STATE"}, {.title = "PATH", .elastic = true}},
          {{"1", "done", "/a"}, {"1000", "deadletter", "/a/long/path/to/a/file"}}};
}

}  // namespace

TEST_CASE("a table for people has a head and aligned columns") {
  CHECK(render_aligned(sample(), 0) ==
        " JOB  STATE       PATH\n"
        "   1  done        /a\n"
        "1000  deadletter  /a/long/path/to/a/file\n");
}

TEST_CASE("a table for people fits the terminal as far as elastic columns give way") {
  CHECK(render_aligned(sample(), 30) ==
        " JOB  STATE       PATH\n"
        "   1  done        /a\n"
        "1000  deadletter  /a/long/pat…\n");
  CHECK(render_aligned(sample(), 5) ==
        " JOB  STATE       PATH\n"
        "   1  done        /a\n"
        "1000  deadletter  /a/long…\n");
}

TEST_CASE("a table for programs has one line a row, and tabs") {
  CHECK(render_plain(sample()) == "1\tdone\t/a\n1000\tdeadletter\t/a/long/path/to/a/file\n");
}

TEST_CASE("no cell can break out of its place") {
  const table evil{{{.title = "NAME"}, {.title = "X"}}, {{"a\tb\nc\x1b[31m", "y"}}};
  CHECK(render_plain(evil) == "a\\tb\\nc\\x1b[31m\ty\n");
  CHECK(render_aligned(evil, 0) == "NAME             X\na\\tb\\nc\\x1b[31m  y\n");
}

TEST_CASE("columns are as wide as their characters, not their bytes") {
  const table umlauts{{{.title = "A"}, {.title = "B"}}, {{"ää", "1"}, {"bb", "2"}}};
  CHECK(render_aligned(umlauts, 0) == "A   B\nää  1\nbb  2\n");
}

TEST_CASE("a progress bar fits its line") {
  CHECK(render_progress(0, 10, 20) == "[          ] 0 of 10");
  CHECK(render_progress(5, 10, 20) == "[#####     ] 5 of 10");
  CHECK(render_progress(10, 10, 19) == "[########] 10 of 10");
  CHECK(render_progress(5, 10, 6) == "5 of 1");
  CHECK(render_progress(0, 0, 19).starts_with("[####"));
  CHECK(render_progress(5, 10, 500).size() == 50);
}
