#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace millrace::tests {

/// A test program's run: Catch's command line and the program's own options. It hides Catch's
/// implementation, which takes a minute to compile, in one source.
class session {
 public:
  session();
  ~session();
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  /// Adds an option, `--name HINT`, read into `value`, which must outlive the session.
  void add(std::string& value, const char* name, const char* hint, const char* meaning);
  void add(int& value, const char* name, const char* hint, const char* meaning);
  void add(std::uint64_t& value, const char* name, const char* hint, const char* meaning);
  /// Adds a flag.
  void add(bool& value, const char* name, const char* meaning);

  /// Reads the command line. The exit code if it is wrong; the program says why.
  std::optional<int> read(int argc, char** argv);
  /// True if the command line only asks for the names of the tests.
  bool only_lists() const;
  /// Runs the tests and returns the exit code.
  int run();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace millrace::tests
