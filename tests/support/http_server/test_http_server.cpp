#include "tests/support/http_server/test_http_server.hpp"

#include "base/check.hpp"
#include "net/http/http_client.hpp"
#include "tests/support/paths.hpp"

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace millrace::tests {

test_http_server::test_http_server() {
  std::array<int, 2> said{};
  MILLRACE_CHECK(pipe2(said.data(), O_CLOEXEC) == 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, said[1], STDOUT_FILENO);
  std::string program = build_path("millrace-test-http-server");
  std::array<char*, 2> words{program.data(), nullptr};
  const int failure = posix_spawn(&pid_, program.c_str(), &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(said[1]);
  MILLRACE_CHECK(failure == 0);
  std::array<char, 16> line{};
  MILLRACE_CHECK(read(said[0], line.data(), line.size() - 1) > 0);
  close(said[0]);
  port_ = std::stoi(line.data());
}

test_http_server::~test_http_server() { end(); }

void test_http_server::end() {
  if (pid_ < 0)
    return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

std::string test_http_server::url() const {
  return "http://127.0.0.1:" + std::to_string(port_) + "/v1";
}

std::string test_http_server::control(const std::string& body, const std::string& of) const {
  net::http_client client{{}};
  auto answer = client.send(
      {.url = "http://127.0.0.1:" + std::to_string(port_) + "/control" + of, .body = body}, {});
  MILLRACE_CHECK(answer.status == 200);
  return answer.body;
}

void test_http_server::tell(const std::string& lines) const { control(lines); }

test_http_server::counts test_http_server::asked() const {
  const auto all = nlohmann::json::parse(control(""));
  return {all.at("requests"), all.at("texts"), all.at("peak"), all.at("uploads"), all.at("polls")};
}

std::string test_http_server::last_upload() const { return control("", "/upload"); }

}  // namespace millrace::tests
