#include "tests/app/sandbox.hpp"
#include "tests/app/screen/tmux.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <string>

// The real binary on a real terminal, attached to a real runtime.
using millrace::tests::running;
using millrace::tests::sandbox;
using millrace::tests::sleeping;
using millrace::tests::stop;
using millrace::tests::tmux_terminal;
using nlohmann::json;

namespace {

running start_screen(const sandbox& in, const std::string& ini) {
  auto runtime = in.start({"run", "--config", ini});
  runtime.wait_for_error("RUNTIME_READY");
  return runtime;
}

/// What the shell says before and after, so that it shows what is left of the screen.
std::string inspect(const std::string& around = "millrace inspect") {
  return "trap : INT\necho before\n" + around + "\necho \"ended with $?\"\nstty -a\n";
}

bool is_paused(const sandbox& in) {
  const auto stages = json::parse(in.millrace({"inspect", "stages", "--json"}).out)["stages"];
  const auto nap = std::find_if(stages.begin(), stages.end(),
                                [](const json& one) { return one["stage"] == "nap"; });
  REQUIRE(nap != stages.end());
  return (*nap)["paused_at"].is_string();
}

void wait_until_paused(const sandbox& in, bool paused) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (is_paused(in) != paused)
    REQUIRE(std::chrono::steady_clock::now() < deadline);
}

/// Once the command has ended with the code.
void check_terminal_is_as_before(const tmux_terminal& on, int code) {
  on.wait_for("ended with " + std::to_string(code));
  const auto screen = on.wait_for(" iexten ");
  CHECK_THAT(screen, Catch::Contains("before\n"));
  CHECK_THAT(screen, Catch::Contains(" echo ") && Catch::Contains("\nisig icanon"));
  CHECK_THAT(screen, !Catch::Contains("1 Main"));
}

}  // namespace

TEST_CASE("full screen: shows the stages, pauses one, and leaves the terminal as it was") {
  const sandbox in;
  const auto ini = sleeping(in, "1h", "concurrency = 1\n");
  REQUIRE(in.millrace({"submit", "--pipeline", "p", "--config", ini}).code == 0);
  const auto runtime = start_screen(in, ini);
  const tmux_terminal on{in, inspect()};
  // One at a time: a screen may be looked at while it is drawn.
  for (const auto* part : {" in hand", "1 Main", "QUEUE", "inspector"})
    on.wait_for(part);

  on.press("2 / nap Enter p");
  on.wait_for("pause nap of p, in all runtimes?");
  CHECK_FALSE(is_paused(in));
  on.press("y");
  on.wait_for("nap of p is paused");
  wait_until_paused(in, true);
  on.press("Escape");
  on.wait_for("paused");
  on.press("/ nap Enter");
  on.wait_for("paused");
  on.press("p");
  on.wait_for("resume nap of p");
  on.press("y");
  wait_until_paused(in, false);

  on.press("?");
  on.wait_for("Shift-Tab");
  on.press("q");
  on.wait_until_gone("Shift-Tab");
  on.press("q");
  check_terminal_is_as_before(on, 0);
  CHECK(in.millrace({"inspect", "stop"}).code == 0);
  CHECK(runtime.wait().code == 0);
}

TEST_CASE("full screen: a job is opened and cancelled") {
  const sandbox in;
  const auto ini = sleeping(in, "1h", "concurrency = 1\n");
  for (int i = 0; i < 2; ++i)
    REQUIRE(in.millrace({"submit", "--pipeline", "p", "--config", ini}).code == 0);
  REQUIRE(in.millrace({"pause", "nap", "--pipeline", "p", "--config", ini}).code == 0);
  const auto runtime = start_screen(in, ini);
  const tmux_terminal on{in, inspect()};
  on.wait_for(" in hand");
  on.press("4");
  on.wait_for("nap    queued");
  on.press("Down Enter");
  on.wait_for("JOB 1 of p");
  on.wait_for("paused");
  on.press("c");
  on.wait_for("cancel job 1");
  on.press("y");
  on.wait_for("job 1 is cancelled");
  on.press("Escape");
  on.wait_for("nap    cancelled");
  CHECK(json::parse(in.millrace({"job", "1", "--json"}).out)["state"] == "cancelled");
  CHECK(json::parse(in.millrace({"job", "2", "--json"}).out)["state"] == "queued");
  stop(runtime);
}

TEST_CASE("full screen: waits for a runtime that was killed, and shows its successor") {
  const sandbox in;
  const auto ini = sleeping(in, "1ms");
  const auto first = start_screen(in, ini);
  const tmux_terminal on{in, inspect()};
  on.wait_for(" in hand");
  first.signal(SIGKILL);
  first.wait();
  on.wait_for("waiting for the runtime: ");
  on.wait_for("OLD");
  on.wait_for("embedded");
  const auto second = start_screen(in, ini);
  on.wait_for(" in hand");
  on.wait_until_gone("OLD");
  on.wait_until_gone("waiting");
  on.press("q");
  on.wait_for("ended with 0");
  stop(second);
}

TEST_CASE("full screen: fits whatever size the terminal takes") {
  const sandbox in;
  const auto runtime = start_screen(in, sleeping(in, "1ms"));
  const tmux_terminal on{in, inspect()};
  on.wait_for("MESSAGE");
  on.resize(200, 50);
  on.wait_for("PAUSED");
  on.resize(40, 10);
  on.wait_until_gone("PAUSED");
  on.wait_for("1 Main");
  on.resize(1, 1);
  on.resize(80, 24);
  on.wait_for("MESSAGE");
  on.press("q");
  on.wait_for("ended with 0");
  stop(runtime);
}

TEST_CASE("full screen: a signal ends it, and the terminal is as before") {
  const sandbox in;
  const auto runtime = start_screen(in, sleeping(in, "1ms"));
  const tmux_terminal on{in, inspect("sh -c 'echo $$ > pid; exec millrace inspect'")};
  on.wait_for(" in hand");
  SECTION("Ctrl-C") {
    on.press("C-c");
    check_terminal_is_as_before(on, 130);
  }
  SECTION("SIGTERM") {
    CHECK(in.shell("kill -TERM $(cat \"$HOME/pid\")").code == 0);
    check_terminal_is_as_before(on, 143);
  }
  stop(runtime);
}

TEST_CASE("full screen: without colours, on an old terminal, without a locale") {
  const sandbox in;
  const auto runtime = start_screen(in, sleeping(in, "1ms"));
  const auto* how = GENERATE("TERM=vt100 millrace inspect", "NO_COLOR=1 millrace inspect",
                             "env -u LC_ALL -u LANG millrace inspect");
  const tmux_terminal on{in, inspect(how)};
  on.wait_for(" in hand");
  on.press("3");
  on.wait_for(">supervisor");
  on.press("q");
  on.wait_for("ended with 0");
  stop(runtime);
}

TEST_CASE("full screen: elsewhere it is the status, and without a runtime an error") {
  const sandbox in;
  const tmux_terminal detached{in, inspect()};
  detached.wait_for("no runtime uses");
  detached.wait_for("ended with 4");
}

TEST_CASE("full screen: a terminal that cannot be drawn on gets the status") {
  const sandbox in;
  const auto runtime = start_screen(in, sleeping(in, "1ms"));
  const tmux_terminal on{in, inspect("TERM=dumb millrace inspect")};
  on.wait_for("ended with 0");
  CHECK_THAT(on.screen(), Catch::Contains("jobs in hand"));
  stop(runtime);
}
