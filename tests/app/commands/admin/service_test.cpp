#include "base/os/unique_fd.hpp"
#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <string>

using millrace::unique_fd;
using millrace::tests::sandbox;

namespace {

/// The service manager's end of NOTIFY_SOCKET.
class notify_socket {
 public:
  /// `@` begins an abstract name.
  explicit notify_socket(const std::string& name) : in_{::socket(AF_UNIX, SOCK_DGRAM, 0)} {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    REQUIRE(name.size() < sizeof(at.sun_path));
    std::memcpy(at.sun_path, name.data(), name.size());
    if (name.front() == '@')
      at.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    REQUIRE(::bind(in_.get(), reinterpret_cast<const sockaddr*>(&at), size) == 0);
  }

  /// The next message that has the text. Fails the test after a while.
  std::string wait_for(const std::string& text) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (std::chrono::steady_clock::now() < deadline) {
      pollfd waited{in_.get(), POLLIN, 0};
      if (::poll(&waited, 1, 1000) <= 0)
        continue;
      std::array<char, 4096> got{};
      const auto size = ::recv(in_.get(), got.data(), got.size(), 0);
      REQUIRE(size >= 0);
      const std::string message{got.data(), static_cast<std::size_t>(size)};
      if (message.find(text) != std::string::npos)
        return message;
    }
    FAIL("the service manager was not told in time: " << text);
    return {};
  }

 private:
  unique_fd in_;
};

}  // namespace

TEST_CASE("a service manager is told when a runtime is ready, lives, reloads and stops") {
  sandbox in;
  const auto abstract = GENERATE(false, true);
  const auto name = abstract ? "@millrace-test-" + in.folder().filename().string()
                             : (in.folder() / "notify").string();
  const notify_socket manager{name};
  in.set("NOTIFY_SOCKET", name);
  in.set("WATCHDOG_USEC", "300000");
  const auto runtime = in.start({"run"});
  CHECK_THAT(manager.wait_for("READY=1"), Catch::Contains("\nSTATUS=running"));
  CHECK(runtime.said("COMPONENT_READY"));
  runtime.wait_for_error("GATE_OPEN");
  CHECK_THAT(manager.wait_for("WATCHDOG=1"), Catch::Contains("jobs done"));
  runtime.signal(SIGHUP);
  CHECK_THAT(manager.wait_for("RELOADING=1"),
             Catch::Matches("RELOADING=1\nMONOTONIC_USEC=[1-9][0-9]+"));
  manager.wait_for("READY=1");
  runtime.signal(SIGTERM);
  manager.wait_for("STOPPING=1");
  CHECK(runtime.wait().code == 0);
}

TEST_CASE("the watchdog of another process is not fed") {
  sandbox in;
  const auto name = (in.folder() / "notify").string();
  const notify_socket manager{name};
  in.set("NOTIFY_SOCKET", name);
  in.set("WATCHDOG_USEC", "1");
  in.set("WATCHDOG_PID", "1");
  const auto runtime = in.start({"run", "--until-idle"});
  CHECK_THAT(manager.wait_for("READY=1"), !Catch::Contains("WATCHDOG"));
  CHECK_THAT(manager.wait_for("STATUS="), !Catch::Contains("WATCHDOG"));
  CHECK(runtime.wait().code == 0);
}

TEST_CASE("a notification without a receiver harms nothing") {
  sandbox in;
  in.set("NOTIFY_SOCKET", "/nowhere/notify");
  in.set("WATCHDOG_USEC", "30000");
  CHECK(in.millrace({"run", "--until-idle"}).code == 0);
}

TEST_CASE("SIGHUP changes the level of the log, and the log says what needs a restart") {
  const sandbox in;
  const auto file = in.write("m.ini", "[runtime]\nin_flight = 7\n");
  const auto runtime = in.start({"run", "--config", file});
  runtime.wait_for_error("RUNTIME_READY");
  in.write("m.ini", "[runtime]\nin_flight = 8\nlease = 20s\n[log]\nlevel = debug\n");
  runtime.signal(SIGHUP);
  runtime.wait_for_error("SETTINGS_RELOADED log_level=debug");
  CHECK(runtime.said("need_restart=\"runtime.in_flight, runtime.lease, runtime.heartbeat\""));
  in.write("m.ini", "[runtime]\nin_flight = no\n");
  runtime.signal(SIGHUP);
  runtime.wait_for_error("SETTINGS_REFUSED");
  CHECK(runtime.said("m.ini:2"));
  CHECK_FALSE(runtime.has_ended());
  stop(runtime);
}

TEST_CASE("a runtime ends in order when the terminal is closed from which it was started") {
  const sandbox in;
  // The child has a terminal, which the parent closes once the runtime is ready.
  const auto ended = in.shell(R"(exec python3 -c '
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execlp("millrace", "millrace", "run")
said = b""
while b"RUNTIME_READY" not in said:
    said += os.read(terminal, 4096)
os.close(terminal)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
')");
  INFO(ended.err);
  CHECK(ended.code == 0);
}
