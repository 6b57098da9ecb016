#pragma once

#include "tests/support/temp_dir.hpp"

#include <nlohmann/json.hpp>
#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// The real binary in a folder of its own, which is its HOME and is gone at the end of the test.
namespace millrace::tests {

/// How a process ended, and what it said.
struct finished {
  /// 128 + signal for a process that a signal ended.
  int code = 0;
  std::string out;
  std::string err;
};

/// A process whose end was not waited for.
class running {
 public:
  running(pid_t pid, std::filesystem::path out, std::filesystem::path err)
      : pid_{pid}, out_{std::move(out)}, err_{std::move(err)} {}

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  bool has_ended() const;
  /// Whether stderr contains the text by now.
  bool said(std::string_view text) const;
  /// Waits until stdout contains the text. Fails the test after a while.
  void wait_for_output(std::string_view text) const;
  /// The same for stderr.
  void wait_for_error(std::string_view text) const;
  finished wait() const;

 private:
  pid_t pid_;
  std::filesystem::path out_;
  std::filesystem::path err_;
};

class sandbox {
 public:
  sandbox();
  /// Kills what was started and not waited for: a test that fails leaves nothing behind.
  ~sandbox();
  sandbox(const sandbox&) = delete;
  sandbox& operator=(const sandbox&) = delete;

  const std::filesystem::path& folder() const { return folder_.path(); }

  /// Writes a file below the folder, and answers its path.
  std::string write(const std::string& name, std::string_view text) const;

  /// Sets a variable for what is started from now on.
  void set(const std::string& name, const std::string& value);

  /// `millrace WORDS...`
  finished millrace(std::vector<std::string> words) const;
  running start(std::vector<std::string> words) const;

  /// `sh -c SCRIPT`, for instance to `exec` something under limits.
  running start_in_shell(const std::string& script) const;

  /// What it writes to a terminal of 80 columns.
  std::string millrace_on_terminal(std::vector<std::string> words) const;

  /// `sh -c SCRIPT` with millrace in the PATH.
  finished shell(const std::string& script) const;

 private:
  running spawn(std::vector<std::string> words) const;
  pid_t spawn(std::vector<std::string> words, int out, int err) const;

  temp_dir folder_;
  std::vector<std::string> environment_;
  mutable int started_ = 0;
  mutable std::vector<pid_t> processes_;
};

/// Ends a runtime in order. Fails the test when it does not.
void stop(const running& runtime);

/// What `millrace job ID --json` says.
nlohmann::json job_document(const sandbox& in, std::int64_t id);

/// The path of a configuration with one stage that sleeps, and what else the stage says.
std::string sleeping(const sandbox& in, const std::string& duration, const std::string& more = "");

}  // namespace millrace::tests
