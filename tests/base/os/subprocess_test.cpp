#include "base/os/subprocess.hpp"

#include "tests/support/processes.hpp"

#include <catch2/catch.hpp>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <thread>

using namespace millrace;
using namespace std::chrono_literals;
using millrace::tests::open_descriptors;

namespace {

os::command shell(const std::string& script) {
  os::command what;
  what.argv = {"/bin/sh", "-c", script};
  return what;
}

}  // namespace

TEST_CASE("run answers the output, the errors and the exit status of a program") {
  const auto result = os::run(shell("echo out; echo err >&2; exit 3"), {});
  CHECK(result.how == os::ending::exited);
  CHECK(result.status == 3);
  CHECK(result.output == "out\n");
  CHECK(result.errors == "err\n");
}

TEST_CASE("run takes arguments as they are, without a shell") {
  os::command what;
  what.argv = {"printf", "%s|", "a b", "$HOME", "`id`", "*"};
  CHECK(os::run(what, {}).output == "a b|$HOME|`id`|*|");
}

TEST_CASE("run says why a program could not be started") {
  os::command what;
  what.argv = {"/nonexistent/program"};
  const auto result = os::run(what, {});
  CHECK(result.how == os::ending::not_started);
  CHECK(result.status == ENOENT);
}

TEST_CASE("run tells a program that a signal ended from one that ended by itself") {
  const auto result = os::run(shell("kill -SEGV $$"), {});
  CHECK(result.how == os::ending::signalled);
  CHECK(result.status == SIGSEGV);
}

TEST_CASE("run gives a program nothing to read, and none of our descriptors") {
  CHECK(os::run(shell("cat"), {}).output.empty());
  CHECK(os::run(shell("ls /proc/self/fd | tr '\\n' ' '"), {}).output == "0 1 2 3 ");
}

TEST_CASE("run gives a program a clean signal mask") {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto result = os::run(shell("kill -TERM $$; echo survived"), {});
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  CHECK(result.how == os::ending::signalled);
  CHECK(result.status == SIGTERM);
}

TEST_CASE("run kills a program and its children when the time is up") {
  auto what = shell("sleep 60 & sleep 60");
  what.time_limit = 20ms;
  const auto begin = std::chrono::steady_clock::now();
  CHECK(os::run(what, {}).how == os::ending::timed_out);
  CHECK(std::chrono::steady_clock::now() - begin < 10s);
}

TEST_CASE("run does not wait for a grandchild that holds the output open") {
  const auto begin = std::chrono::steady_clock::now();
  const auto result = os::run(shell("sleep 60 & echo done"), {});
  CHECK(result.how == os::ending::exited);
  CHECK(result.output == "done\n");
  CHECK(std::chrono::steady_clock::now() - begin < 10s);
}

TEST_CASE("run kills a program when a stop is asked for, before and while it runs") {
  std::stop_source before;
  before.request_stop();
  CHECK(os::run(shell("sleep 60"), before.get_token()).how == os::ending::stopped);

  std::stop_source stop;
  os::command_result result;
  std::jthread runner{[&] { result = os::run(shell("sleep 60"), stop.get_token()); }};
  stop.request_stop();
  runner.join();
  CHECK(result.how == os::ending::stopped);
}

TEST_CASE("run bounds what it keeps of output and errors") {
  auto what = shell("yes");
  what.max_output = 100'000;
  const auto result = os::run(what, {});
  CHECK(result.how == os::ending::output_too_large);
  CHECK(result.output.size() == 100'000);

  what = shell("printf 12345");
  what.max_output = 5;
  CHECK(os::run(what, {}).how == os::ending::exited);
  what.max_output = 4;
  CHECK(os::run(what, {}).how == os::ending::output_too_large);

  const auto chatty = os::run(shell("head -c 1000000 /dev/zero >&2; echo out"), {});
  CHECK(chatty.how == os::ending::exited);
  CHECK(chatty.output == "out\n");
  CHECK(chatty.errors.size() == 4096);
}

TEST_CASE("run reads output that does not fit in a pipe") {
  const auto result = os::run(shell("head -c 3000000 /dev/zero"), {});
  CHECK(result.how == os::ending::exited);
  CHECK(result.output.size() == 3'000'000);
}

TEST_CASE("run leaves no descriptors and no zombies behind") {
  const auto before = open_descriptors();
  for (int i = 0; i < 20; ++i) {
    (void)os::run(shell("true"), {});
    (void)os::run({.argv = {"/nonexistent"}}, {});
  }
  CHECK(open_descriptors() == before);
  CHECK(waitpid(-1, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
}
