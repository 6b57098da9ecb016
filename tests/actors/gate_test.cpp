#include "actors/gate.hpp"

#include "actors/attach_to.hpp"
#include "actors/greeting.hpp"
#include "actors/inspection.hpp"
#include "actors/local_address.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>
#include <vector>

namespace {

using namespace millrace;
using namespace actors;
using storage::unique_fd;
using tests::temp_dir;

unique_fd dial(const std::filesystem::path& dir) {
  const auto path = inspector_socket(dir);
  const local_address address{path};
  unique_fd fd{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  REQUIRE(connect(fd.get(), address.get(), address.size()) == 0);
  return fd;
}

/// Everything that comes until the other side closes the connection; waits a minute at most.
std::string read_to_end(int fd) {
  std::string all;
  std::array<char, 256> piece{};
  for (;;) {
    pollfd watched{fd, POLLIN, 0};
    REQUIRE(poll(&watched, 1, 60'000) == 1);
    const auto got = recv(fd, piece.data(), piece.size(), 0);
    if (got <= 0)
      return all;
    all.append(piece.data(), static_cast<std::size_t>(got));
  }
}

void say(int fd, const std::string& what) {
  // The other side may have hung up already.
  (void)send(fd, what.data(), what.size(), MSG_NOSIGNAL);
}

/// The connection that came through; waits a minute at most.
unique_fd take(const unique_fd& admissions) {
  pollfd watched{admissions.get(), POLLIN, 0};
  REQUIRE(poll(&watched, 1, 60'000) == 1);
  int fd = -1;
  REQUIRE(read(admissions.get(), &fd, sizeof(fd)) == sizeof(fd));
  return unique_fd{fd};
}

TEST_CASE("who greets passes the gate, and both sides can talk") {
  const temp_dir dir;
  gate in{dir.path(), "1.2.3"};
  const auto admissions = in.admissions();
  const auto outside = attach_to(dir.path(), "1.2.3");
  const auto inside = take(admissions);
  say(outside.get(), "x");
  pollfd watched{inside.get(), POLLIN, 0};
  REQUIRE(poll(&watched, 1, 60'000) == 1);
  char c = 0;
  CHECK(recv(inside.get(), &c, 1, 0) == 1);
  CHECK(c == 'x');
}

TEST_CASE("the socket is its owner's alone, and gone with the gate") {
  const temp_dir dir;
  {
    const gate in{dir.path(), "1"};
    struct stat about {};
    REQUIRE(stat(inspector_socket(dir.path()).c_str(), &about) == 0);
    CHECK((about.st_mode & 07777) == 0600);
  }
  CHECK_FALSE(std::filesystem::exists(inspector_socket(dir.path())));
}

TEST_CASE("a socket that a dead runtime left is replaced, a file is not") {
  const temp_dir dir;
  const auto path = inspector_socket(dir.path());
  SECTION("socket") {
    const local_address address{path};
    const unique_fd old{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    REQUIRE(bind(old.get(), address.get(), address.size()) == 0);
    gate in{dir.path(), "1"};
    const auto admissions = in.admissions();
    CHECK_NOTHROW(attach_to(dir.path(), "1"));
  }
  SECTION("file") {
    dir.write("inspector.sock", "precious");
    CHECK_THROWS_AS((gate{dir.path(), "1"}), storage::error);
    CHECK(std::filesystem::file_size(path) == 8);
  }
}

TEST_CASE("a data directory with a long path has a gate like any other") {
  const temp_dir dir;
  auto deep = dir.path();
  for (int i = 0; i < 5; ++i)
    deep /= std::string(60, 'd');
  std::filesystem::create_directories(deep);
  gate in{deep, "1"};
  const auto admissions = in.admissions();
  CHECK_NOTHROW(attach_to(deep, "1"));
}

TEST_CASE("whoever says something else is turned away when he says it") {
  const temp_dir dir;
  gate in{dir.path(), "1"};
  const auto admissions = in.admissions();
  for (const auto* bytes : {"GET / HTTP/1.1\r\n", "\n", "millrace inspector\n",
                            "millrace inspector one 1\n", "\x00\xff\x13\x37"}) {
    const auto fd = dial(dir.path());
    say(fd.get(), bytes);
    shutdown(fd.get(), SHUT_WR);
    CHECK(read_to_end(fd.get()).empty());
  }
  const auto endless = dial(dir.path());
  say(endless.get(), "millrace inspector 1 " + std::string(1000, 'x'));
  CHECK(read_to_end(endless.get()).empty());
  CHECK_NOTHROW(attach_to(dir.path(), "1"));
}

TEST_CASE("another version of the protocol is told ours, and not let in") {
  const temp_dir dir;
  gate in{dir.path(), "1.2.3"};
  const auto admissions = in.admissions();
  const auto fd = dial(dir.path());
  say(fd.get(), render(greeting{inspection_version + 1, "9"}));
  CHECK(read_to_end(fd.get()) == render(greeting{inspection_version, "1.2.3"}));
}

TEST_CASE("who attaches is told which side to upgrade") {
  const temp_dir dir;
  const auto path = inspector_socket(dir.path());
  const local_address address{path};
  const unique_fd listener{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  REQUIRE(bind(listener.get(), address.get(), address.size()) == 0);
  REQUIRE(listen(listener.get(), 1) == 0);
  const auto theirs = GENERATE(inspection_version - 1, inspection_version + 1);
  const auto answer = render(greeting{theirs, "0.0.9"});
  const auto child = fork();
  if (child == 0) {
    const int fd = accept(listener.get(), nullptr, nullptr);
    // To close what was not read would reset the connection.
    char heard[64];
    (void)!read(fd, heard, sizeof(heard));
    _exit(write(fd, answer.data(), answer.size()) > 0 ? 0 : 1);
  }
  try {
    attach_to(dir.path(), "0.1.0");
    FAIL("attached");
  } catch (const attach_error& e) {
    CHECK(e.next() ==
          (theirs < inspection_version ? "upgrade the runtime" : "upgrade this millrace"));
  }
  waitpid(child, nullptr, 0);
}

TEST_CASE("more silent connections than may wait make room for who greets") {
  const temp_dir dir;
  gate in{dir.path(), "1"};
  const auto admissions = in.admissions();
  std::vector<unique_fd> silent;
  for (int i = 0; i < 200; ++i)
    silent.push_back(dial(dir.path()));
  CHECK_NOTHROW(attach_to(dir.path(), "1"));
  CHECK(read_to_end(silent.front().get()).empty());
}

TEST_CASE("before somebody is there to talk to, everybody is turned away") {
  const temp_dir dir;
  const gate in{dir.path(), "1"};
  CHECK_THROWS_AS(attach_to(dir.path(), "1"), attach_error);
}

TEST_CASE("without a gate there is nobody, and what to do is said") {
  const temp_dir dir;
  try {
    attach_to(dir.path(), "1");
    FAIL("attached");
  } catch (const attach_error& e) {
    CHECK_THAT(e.why(), Catch::Contains("no runtime uses"));
    CHECK_THAT(e.next(), Catch::Contains("millrace run"));
  }
}

TEST_CASE("another user is turned away even where the file would let him in") {
  if (geteuid() != 0) {
    WARN("needs root to be another user");
    return;
  }
  const temp_dir dir;
  gate in{dir.path(), "1"};
  const auto admissions = in.admissions();
  REQUIRE(chmod(dir.path().c_str(), 0755) == 0);
  REQUIRE(chmod(inspector_socket(dir.path()).c_str(), 0666) == 0);
  const local_address address{inspector_socket(dir.path())};
  const auto hello = render(greeting{inspection_version, "1"});
  const auto child = fork();
  if (child == 0) {
    // Nothing but system calls: the gate's thread was not forked, and may have held any lock.
    if (syscall(SYS_setresuid, 65534, 65534, 65534) != 0)
      _exit(2);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, address.get(), address.size()) != 0)
      _exit(3);
    (void)send(fd, hello.data(), hello.size(), MSG_NOSIGNAL);
    alarm(20);
    char c = 0;
    _exit(recv(fd, &c, 1, 0) > 0 ? 1 : 0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK_NOTHROW(attach_to(dir.path(), "1"));
}

}  // namespace
