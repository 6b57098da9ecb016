#include "tests/app/sandbox.hpp"

#include "tests/support/paths.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <pty.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

namespace millrace::tests {
namespace {

std::string contents(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

int wait_for(pid_t pid) {
  int status = 0;
  REQUIRE(waitpid(pid, &status, 0) == pid);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void wait_for_text(const std::filesystem::path& file, std::string_view text) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (contents(file).find(text) == std::string::npos) {
    if (std::chrono::steady_clock::now() > deadline)
      FAIL("not said in time: " << text << "\nsaid: " << contents(file));
    std::this_thread::yield();
  }
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (auto& one : words)
    all.push_back(one.data());
  all.push_back(nullptr);
  return all;
}

/// Whether a process of these words goes on until it is told to end. With AddressSanitizer two
/// thirds of what a command costs are its guards around globals and its look for leaks, which the
/// test programs and the runtimes have as well.
bool goes_on(const std::vector<std::string>& words) {
  return words.size() > 1 && (words[1] == "run" || words[1] == "serve");
}

}  // namespace

void running::signal(int number) const { REQUIRE(kill(pid_, number) == 0); }

bool running::has_ended() const {
  siginfo_t about{};
  REQUIRE(waitid(P_PID, static_cast<id_t>(pid_), &about, WEXITED | WNOHANG | WNOWAIT) == 0);
  return about.si_pid == pid_;
}

bool running::said(std::string_view text) const {
  return contents(err_).find(text) != std::string::npos;
}

void running::wait_for_output(std::string_view text) const { wait_for_text(out_, text); }

void running::wait_for_error(std::string_view text) const { wait_for_text(err_, text); }

finished running::wait() const {
  const int code = wait_for(pid_);
  return {code, contents(out_), contents(err_)};
}

sandbox::sandbox() {
  set("PATH", fmt::format("{}:/usr/bin:/bin", build_path()));
  set("HOME", folder().string());
  // Runtimes of other tests have the port.
  set("MILLRACE_HTTP__LISTEN", "off");
  // SOCI loses a connection that ends while it is made, see storage/db/postgres.cpp.
  set("LSAN_OPTIONS",
      "print_suppressions=0:suppressions=" + source_path("tests/support/foreign_leaks.txt"));
  for (const auto* name : {"UBSAN_OPTIONS", "LD_LIBRARY_PATH"})
    if (const auto* value = std::getenv(name))
      set(name, value);
}

sandbox::~sandbox() {
  for (const auto pid : processes_) {
    siginfo_t about{};
    // Of one that was waited for, nothing is known any more.
    const bool lives =
        waitid(P_PID, static_cast<id_t>(pid), &about, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        about.si_pid == 0;
    if (!lives)
      continue;
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }
}

std::string sandbox::write(const std::string& name, std::string_view text) const {
  return folder_.write(name, text);
}

void sandbox::set(const std::string& name, const std::string& value) {
  environment_.push_back(name + "=" + value);
}

finished sandbox::millrace(std::vector<std::string> words) const {
  return start(std::move(words)).wait();
}

running sandbox::start(std::vector<std::string> words) const {
  words.insert(words.begin(), build_path("millrace"));
  return spawn(std::move(words));
}

std::string sandbox::millrace_on_terminal(std::vector<std::string> words) const {
  words.insert(words.begin(), build_path("millrace"));
  winsize size{};
  size.ws_col = 80;
  size.ws_row = 24;
  int ours = -1;
  int theirs = -1;
  REQUIRE(openpty(&ours, &theirs, nullptr, nullptr, &size) == 0);
  const auto pid = spawn(std::move(words), theirs, STDERR_FILENO);
  close(theirs);
  std::string said;
  std::array<char, 4096> piece{};
  // Ends with EIO when no process has the other side any more.
  for (ssize_t got = 0; (got = read(ours, piece.data(), piece.size())) > 0;)
    said.append(piece.data(), static_cast<std::size_t>(got));
  close(ours);
  wait_for(pid);
  return said;
}

running sandbox::start_in_shell(const std::string& script) const {
  return spawn({"/bin/sh", "-c", script});
}

finished sandbox::shell(const std::string& script) const { return start_in_shell(script).wait(); }

running sandbox::spawn(std::vector<std::string> words) const {
  const auto file = [&](const char* kind) {
    return folder() / fmt::format(".{}-{}", kind, started_);
  };
  ++started_;
  const auto open_file = [](const std::filesystem::path& path) {
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    REQUIRE(fd >= 0);
    return fd;
  };
  const int out = open_file(file("out"));
  const int err = open_file(file("err"));
  const auto pid = spawn(std::move(words), out, err);
  close(out);
  close(err);
  return {pid, file("out"), file("err")};
}

pid_t sandbox::spawn(std::vector<std::string> words, int out, int err) const {
  auto variables = environment_;
  if (!goes_on(words))
    variables.push_back("ASAN_OPTIONS=detect_leaks=0:report_globals=0:malloc_context_size=5");
  else if (const auto* options = std::getenv("ASAN_OPTIONS"))
    variables.push_back(std::string{"ASAN_OPTIONS="} + options);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  pid_t pid = 0;
  const int failure = posix_spawn(&pid, words.front().c_str(), &actions, nullptr,
                                  pointers(words).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  REQUIRE(failure == 0);
  processes_.push_back(pid);
  return pid;
}

void stop(const running& runtime) {
  runtime.signal(SIGTERM);
  CHECK(runtime.wait().code == 0);
}

nlohmann::json job_document(const sandbox& in, std::int64_t id) {
  return nlohmann::json::parse(in.millrace({"job", std::to_string(id), "--json"}).out);
}

std::string sleeping(const sandbox& in, const std::string& duration, const std::string& more) {
  return in.write("m.ini", "[pipeline.p]\nstages = nap\n[stage.p.nap]\nhandler = sleep:" +
                               duration + "\n" + more);
}

}  // namespace millrace::tests
