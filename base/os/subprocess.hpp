#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace millrace::os {

/// A program to run, and how far it may go.
struct command {
  /// As those of a program (base/os/spawn.hpp).
  std::vector<std::string> argv;
  std::optional<std::vector<std::string>> environment{};
  /// What it reads on its standard input. It need not read it all.
  std::string input{};
  duration time_limit = std::chrono::seconds{60};
  /// How long it may take to end after SIGTERM, when the time is up or the stop was asked for,
  /// before it is killed; 0: it is killed at once.
  duration grace{0};
  /// Most bytes that it may write on its standard output.
  std::size_t max_output = std::size_t{64} * 1024 * 1024;
};

/// How a program came to its end.
enum class ending : std::uint8_t {
  /// By itself; `status` is its exit status.
  exited,
  /// By a signal that was not ours; `status` is its number.
  signalled,
  /// It was ended: the time was up, the stop was asked for, or it wrote too much.
  timed_out,
  stopped,
  output_too_large,
  /// It never ran; `status` is the errno.
  not_started,
};

struct command_result {
  ending how = ending::not_started;
  int status = 0;
  /// What it wrote on its standard output, at most `max_output` bytes.
  std::string output;
  /// The first and the last few kilobytes of its standard error.
  std::string errors;
  std::string last_errors;
};

/// Runs a program to its end: in a process group of its own, with a clean signal mask and no file
/// descriptor of ours. Every process of its group is dead when this returns. Blocks; from any
/// thread.
command_result run(const command& what, const std::stop_token& stop);

}  // namespace millrace::os
