#pragma once

#include "base/os/spawn.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace millrace::pipeline::external {

/// Lines to a process and from it, over its standard files, without waiting in either direction for
/// the other: a process that writes before it reads, or never reads, blocks no caller.
class channel {
 public:
  /// The longest line that is read: an answer (max_answer) and what stands around it.
  static constexpr std::size_t longest_line = (std::size_t{16} << 20) + 65536;

  /// A line of the process's standard error; a very long one comes in pieces.
  using hear_error = std::function<void(std::string_view line)>;
  /// Appends the next line that is to be sent; false when it was the last.
  using next_to_send = std::function<bool(std::string& to)>;

  channel(unique_fd to, unique_fd from, unique_fd errors, unique_fd alive, hear_error hear);

  /// What is to be sent from now on, as it is read; null for nothing more.
  void send(next_to_send lines);
  /// The process reads the end of its input.
  void close_input();

  enum class event : std::uint8_t {
    line,
    /// The process is gone, or will never write again, and all it wrote was answered.
    ended,
    too_long,
    stopped,
    timed_out,
  };
  /// The next line of the process's standard output (until the next call), or why there is none.
  /// `stop` is a descriptor that is readable when no line is wanted any more; -1 for none. Throws
  /// std::system_error when there is no way to wait.
  event next_line(std::string_view& line, std::chrono::steady_clock::time_point deadline, int stop);

  /// Waits for the end of the process. False when it lives on.
  bool wait_for_end(std::chrono::steady_clock::time_point deadline);
  /// Reads what the process left on its standard error, to its end.
  void read_last_errors();

 private:
  bool take_line(std::string_view& line);
  void write();
  /// False when nothing came.
  bool read();
  bool read_errors();
  void split_errors(bool all);

  unique_fd to_;
  unique_fd from_;
  unique_fd errors_;
  unique_fd alive_;
  hear_error hear_;
  next_to_send lines_;
  std::string out_;
  std::size_t sent_ = 0;
  std::string in_;
  /// Where the next line begins in in_, and how far it was searched for the end of one.
  std::size_t begin_ = 0;
  std::size_t searched_ = 0;
  std::string said_;
};

}  // namespace millrace::pipeline::external
