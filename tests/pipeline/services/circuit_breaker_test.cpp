#include "pipeline/services/circuit_breaker.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <map>
#include <sstream>
#include <string>

using namespace millrace;
using namespace millrace::pipeline;
using namespace millrace::pipeline::remote;
using namespace std::chrono_literals;

namespace {

std::string name_of(breaker_state state) {
  return state == breaker_state::closed ? "closed"
         : state == breaker_state::open ? "open"
                                        : "half-open";
}

/// Plays a table on virtual time, one line a step: the second, what happens to which call, and what
/// the breaker is then. `ask` lets the call through or says how long to wait.
std::string play(const std::string& table) {
  breaker under_test{{.failures = 3, .window = 20s, .cool_down = 8s}};
  std::map<std::string, breaker::pass> calls;
  std::istringstream lines{table};
  std::string line;
  std::string said;
  while (std::getline(lines, line)) {
    std::istringstream words{line};
    int second = 0;
    std::string what;
    std::string call;
    if (!(words >> second >> what >> call))
      continue;
    const auto now = time_point{} + std::chrono::seconds{second};
    std::string answer;
    if (what == "ask") {
      if (const auto wait = under_test.wait(now)) {
        answer = fmt::format("wait {}", wait->count() / 1'000'000);
      } else {
        calls[call] = under_test.enter(now);
        answer = "go";
      }
    } else if (what == "fail") {
      under_test.failed(calls.at(call), now);
    } else if (what == "succeed") {
      under_test.succeeded(calls.at(call), now);
    } else {
      under_test.told_nothing(calls.at(call), now);
    }
    said += fmt::format("{} {} {} {} {}\n", second, what, call, answer.empty() ? "-" : answer,
                        name_of(under_test.state()));
  }
  return said;
}

/// The table says what is expected, in the same words.
void check(const std::string& table) { CHECK(play(table) == table); }

TEST_CASE("a breaker opens after a row of failures and lets nothing through until it has cooled") {
  check(R"(0 ask a go closed
0 fail a - closed
1 ask b go closed
1 fail b - closed
2 ask c go closed
2 fail c - open
2 ask d wait 8 open
9 ask d wait 1 open
10 ask d go half-open
)");
}

TEST_CASE("a half-open breaker lets one call through, whose end decides") {
  SECTION("a success closes it") {
    check(R"(0 ask a go closed
0 ask b go closed
0 ask c go closed
0 fail a - closed
0 fail b - closed
0 fail c - open
8 ask d go half-open
8 ask e wait 2 half-open
9 succeed d - closed
9 ask e go closed
)");
  }
  SECTION("a failure opens it for another cool-down") {
    check(R"(0 ask a go closed
0 ask b go closed
0 ask c go closed
0 fail a - closed
0 fail b - closed
0 fail c - open
8 ask d go half-open
10 fail d - open
10 ask e wait 8 open
18 ask e go half-open
)");
  }
  SECTION("a call that was stopped leaves the turn to the next") {
    check(R"(0 ask a go closed
0 ask b go closed
0 ask c go closed
0 fail a - closed
0 fail b - closed
0 fail c - open
8 ask d go half-open
9 stop d - open
9 ask e go half-open
)");
  }
}

TEST_CASE("failures count only in a row, and only within the window") {
  SECTION("a success between them resets the count") {
    check(R"(0 ask a go closed
0 fail a - closed
1 ask b go closed
1 fail b - closed
2 ask c go closed
2 succeed c - closed
3 ask d go closed
3 fail d - closed
4 ask e go closed
4 fail e - closed
5 ask f go closed
)");
  }
  SECTION("what is older than the window is forgotten") {
    check(R"(0 ask a go closed
0 fail a - closed
1 ask b go closed
1 fail b - closed
21 ask c go closed
21 fail c - closed
21 ask d go closed
21 fail d - open
)");
  }
}

TEST_CASE("calls that were let through before a change of state count for nothing after it") {
  check(R"(0 ask a go closed
0 ask b go closed
0 ask c go closed
0 ask late go closed
0 ask later go closed
0 fail a - closed
0 fail b - closed
0 fail c - open
1 succeed late - open
8 ask d go half-open
8 fail later - half-open
9 succeed d - closed
)");
}

TEST_CASE("a breaker says since when it is not closed, however often it was tried meanwhile") {
  breaker under_test{{.failures = 1, .window = 20s, .cool_down = 8s}};
  const auto at = [](int second) { return time_point{} + std::chrono::seconds{second}; };
  under_test.failed(under_test.enter(at(5)), at(5));
  under_test.failed(under_test.enter(at(13)), at(13));
  CHECK(under_test.since() == at(5));
  const auto call = under_test.enter(at(21));
  CHECK(under_test.state() == breaker_state::half_open);
  CHECK(under_test.since() == at(5));
  under_test.succeeded(call, at(22));
  CHECK(under_test.since() == at(22));
}

TEST_CASE("a clock that is set back does not keep a breaker open") {
  check(R"(100 ask a go closed
100 ask b go closed
100 ask c go closed
100 fail a - closed
100 fail b - closed
100 fail c - open
10 ask d go half-open
)");
}

}  // namespace
