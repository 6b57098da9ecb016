#include "actors/inspector/server/server.hpp"

#include "actors/inspector/client/connect.hpp"
#include "actors/inspector/protocol/handshake.hpp"
#include "actors/inspector/protocol/json_codec.hpp"
#include "actors/inspector/protocol/requests.hpp"
#include "base/os/user_name.hpp"
#include "net/unix_address.hpp"
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
#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace millrace;
using namespace actors;
using tests::temp_dir;

unique_fd dial(const std::filesystem::path& dir) {
  const auto path = inspector_socket(dir);
  const net::local_address address{path};
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

inspector_server_settings at(const std::filesystem::path& dir) {
  return {dir, "1.2.3", std::nullopt};
}

net::line_stream attach(const std::filesystem::path& dir) {
  return attach_to({.data_dir = dir}, "1.2.3");
}

/// Answers a request for a job with the number that was asked for.
void echo(const request& asked, const std::shared_ptr<response_handle>& back) {
  const auto& about = std::get<get_job>(asked);
  back->send(to_line(job_view{.text = std::to_string(about.job)}));
}

net::line_stream::clock::time_point in_a_minute() {
  return net::line_stream::clock::now() + std::chrono::minutes{1};
}

std::string ask(net::line_stream& through, std::string line) {
  REQUIRE(through.send(line, in_a_minute()) == net::line_stream::end::well);
  REQUIRE(through.read(line, answer_limit, in_a_minute()) == net::line_stream::end::well);
  return line;
}

std::string ask_for(net::line_stream& through, pipeline::job_id job) {
  return read_answer<job_view>(ask(through, to_line(request{get_job{job}}))).text;
}

TEST_CASE("a client that greets is answered, one request after the other") {
  const temp_dir dir;
  inspector_server in{at(dir.path())};
  in.serve(echo);
  auto first = attach(dir.path());
  auto second = attach(dir.path());
  CHECK(ask_for(first, 7) == "7");
  CHECK(ask_for(second, 8) == "8");
  CHECK(ask_for(first, 9) == "9");
  // Two at once are answered in order.
  const auto both = to_line(request{get_job{1}}) + to_line(request{get_job{2}});
  CHECK(read_answer<job_view>(ask(first, both)).text == "1");
  CHECK(read_answer<job_view>(ask(first, "")).text == "2");
}

TEST_CASE("an order is given by the user that the kernel names, whatever the client calls itself") {
  const temp_dir dir;
  inspector_server in{at(dir.path())};
  in.serve([](const request& asked, const std::shared_ptr<response_handle>& back) {
    back->send(to_line(order_answer{true, std::get<give_order>(asked).order.by}));
  });
  auto through = attach(dir.path());
  const auto by = [&](const std::string& user) {
    return read_answer<order_answer>(ask(through, to_line(request{give_order{{.by = user}}}))).text;
  };
  const auto own = user_name(geteuid());
  CHECK(by(own) == own);
  CHECK(by("") == own);
  CHECK(by("anna") == own + " (anna)");
  // One line, and no more of it than a history needs.
  CHECK(by("a\nb\x1b[2J").find_first_of("\n\x1b") == std::string::npos);
  CHECK(by(std::string(5000, 'a')).size() < 200);
}

TEST_CASE("a line that is no request is answered with what is wrong with it") {
  const temp_dir dir;
  inspector_server in{at(dir.path())};
  in.serve(echo);
  auto through = attach(dir.path());
  for (const auto* line : {"\n", "{}\n", "[]\n", "{\"ask\":\"weather\"}\n", "\xff\xfe\n",
                           "{\"ask\":\"job\",\"job\":\"x\"}\n"})
    CHECK_THROWS_AS(read_answer<job_view>(ask(through, line)), wire_error);
  CHECK(ask_for(through, 7) == "7");
}

TEST_CASE("a request that stays without an answer is answered when it is dropped") {
  const temp_dir dir;
  inspector_server in{at(dir.path())};
  in.serve([](const request&, const std::shared_ptr<response_handle>&) {});
  auto through = attach(dir.path());
  CHECK_THROWS_WITH(ask_for(through, 7), Catch::Contains("the inspector went before it answered"));
}

TEST_CASE("an answer that was given just before the server ends is heard") {
  const temp_dir dir;
  for (int i = 0; i < 50; ++i) {
    std::promise<std::shared_ptr<response_handle>> asked;
    auto in = std::make_unique<inspector_server>(at(dir.path()));
    in->serve([&](const request&, const std::shared_ptr<response_handle>& back) {
      asked.set_value(back);
    });
    auto through = attach(dir.path());
    const auto line = to_line(request{get_job{1}});
    REQUIRE(through.send(line, in_a_minute()) == net::line_stream::end::well);
    asked.get_future().get()->send(to_line(job_view{.text = "the last word"}));
    in.reset();
    std::string heard;
    REQUIRE(through.read(heard, answer_limit, in_a_minute()) == net::line_stream::end::well);
    CHECK(read_answer<job_view>(heard).text == "the last word");
  }
}

TEST_CASE("an answer may come late, and from any thread; one that is too long is said to be") {
  const temp_dir dir;
  std::vector<std::thread> answering;
  {
    inspector_server in{at(dir.path())};
    in.serve([&](const request& asked, const std::shared_ptr<response_handle>& back) {
      answering.emplace_back([=] {
        const bool is_long = std::get<get_job>(asked).job == 2;
        back->send(to_line(job_view{.text = std::string(is_long ? answer_limit : 1'000'000, 'x')}));
      });
    });
    auto through = attach(dir.path());
    CHECK(ask_for(through, 1).size() == 1'000'000);
    CHECK_THROWS_WITH(ask_for(through, 2), Catch::Contains("ask for less"));
  }
  for (auto& one : answering)
    one.join();
}

TEST_CASE("a client that asks without end and takes no answer keeps no other client waiting") {
  const temp_dir dir;
  std::atomic<int> asked_for{0};
  inspector_server in{at(dir.path())};
  in.serve([&](const request&, const std::shared_ptr<response_handle>& back) {
    ++asked_for;
    back->send(to_line(job_view{.text = std::string(1'000'000, 'x')}));
  });
  auto greedy = attach(dir.path());
  // As much as goes without waiting: the client is not read from until it takes its answer.
  const auto one = to_line(request{get_job{1}});
  while (greedy.send(one, net::line_stream::clock::now()) == net::line_stream::end::well) {
  }
  auto other = attach(dir.path());
  CHECK(ask_for(other, 1).size() == 1'000'000);
  CHECK(asked_for == 2);
}

TEST_CASE("a request without an end is not listened to for ever") {
  const temp_dir dir;
  inspector_server in{at(dir.path())};
  in.serve(echo);
  auto through = attach(dir.path());
  std::string line;
  (void)through.send(std::string(1'000'000, 'x'), in_a_minute());
  CHECK(through.read(line, answer_limit, in_a_minute()) == net::line_stream::end::closed);
}

TEST_CASE("of too many clients that have greeted, those that were silent for longest make room") {
  const temp_dir dir;
  inspector_server in{at(dir.path())};
  in.serve(echo);
  std::vector<net::line_stream> sessions;
  for (int i = 0; i < 40; ++i)
    sessions.push_back(attach(dir.path()));
  std::string line;
  CHECK(sessions.front().read(line, answer_limit, in_a_minute()) == net::line_stream::end::closed);
  CHECK(ask_for(sessions.back(), 7) == "7");
}

TEST_CASE("the socket is its owner's alone, and gone with the server") {
  const temp_dir dir;
  {
    const inspector_server in{at(dir.path())};
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
    const net::local_address address{path};
    const unique_fd old{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    REQUIRE(bind(old.get(), address.get(), address.size()) == 0);
    inspector_server in{at(dir.path())};
    in.serve(echo);
    CHECK_NOTHROW(attach(dir.path()));
  }
  SECTION("file") {
    dir.write("inspector.sock", "precious");
    CHECK_THROWS_AS(inspector_server{at(dir.path())}, millrace::error);
    CHECK(std::filesystem::file_size(path) == 8);
  }
}

TEST_CASE("a data directory with a long path has a socket like any other") {
  const temp_dir dir;
  auto deep = dir.path();
  for (int i = 0; i < 5; ++i)
    deep /= std::string(60, 'd');
  std::filesystem::create_directories(deep);
  inspector_server in{at(deep)};
  in.serve(echo);
  CHECK_NOTHROW(attach(deep));
}

TEST_CASE("a client that says something else is turned away at once") {
  const temp_dir dir;
  inspector_server in{at(dir.path())};
  in.serve(echo);
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
  CHECK_NOTHROW(attach(dir.path()));
}

TEST_CASE("another version of the protocol is told ours, and not let in") {
  const temp_dir dir;
  inspector_server in{at(dir.path())};
  in.serve(echo);
  const auto fd = dial(dir.path());
  say(fd.get(), render(greeting{inspection_version + 1, "9"}));
  CHECK(read_to_end(fd.get()) == render(greeting{inspection_version, "1.2.3"}));
}

TEST_CASE("a client is told which side to upgrade") {
  const temp_dir dir;
  const auto path = inspector_socket(dir.path());
  const net::local_address address{path};
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
    attach(dir.path());
    FAIL("attached");
  } catch (const attach_error& e) {
    CHECK(e.next() ==
          (theirs < inspection_version ? "upgrade the runtime" : "upgrade this millrace"));
  }
  waitpid(child, nullptr, 0);
}

TEST_CASE("more silent connections than may wait make room for a client that greets") {
  const temp_dir dir;
  inspector_server in{at(dir.path())};
  in.serve(echo);
  std::vector<unique_fd> silent;
  for (int i = 0; i < 200; ++i)
    silent.push_back(dial(dir.path()));
  CHECK_NOTHROW(attach(dir.path()));
  CHECK(read_to_end(silent.front().get()).empty());
}

TEST_CASE("before the inspector serves, every client is turned away") {
  const temp_dir dir;
  const inspector_server in{at(dir.path())};
  CHECK_THROWS_AS(attach(dir.path()), attach_error);
}

TEST_CASE("without a server no runtime answers, and the error says what to do") {
  const temp_dir dir;
  try {
    attach(dir.path());
    FAIL("attached");
  } catch (const attach_error& e) {
    CHECK_THAT(e.why(), Catch::Contains("no runtime uses"));
    CHECK_THAT(e.next(), Catch::Contains("millrace run"));
  }
}

TEST_CASE("another user is turned away even where the file's mode would let that user in") {
  if (geteuid() != 0) {
    WARN("needs root to be another user");
    return;
  }
  const temp_dir dir;
  inspector_server in{at(dir.path())};
  in.serve(echo);
  REQUIRE(chmod(dir.path().c_str(), 0755) == 0);
  REQUIRE(chmod(inspector_socket(dir.path()).c_str(), 0666) == 0);
  const net::local_address address{inspector_socket(dir.path())};
  const auto hello = render(greeting{inspection_version, "1"});
  const auto child = fork();
  if (child == 0) {
    // Nothing but system calls: the server's thread was not forked, and may have held any lock.
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
  CHECK_NOTHROW(attach(dir.path()));
}

}  // namespace
