#pragma once

#include "ingest/parse/sandbox/call_filter.hpp"
#include "ingest/parse/sandbox/limits.hpp"

#include <optional>
#include <string>
#include <vector>

namespace millrace::ingest::sandbox {

/// What a parser may open beside what it is given open. Paths that are not there are left out.
struct readable_files {
  std::vector<std::string> folders;
  /// Where programs are that it may run.
  std::vector<std::string> programs;
  /// A file that is open, and may be opened again; -1 for none.
  int input = -1;
};

/// A part of the sandbox, and why this kernel does not give it; empty where it does.
struct part {
  std::string name;
  std::string why_not;
};

/// The sandbox of the processes that read foreign files, entered in steps, each of which holds for
/// good and for what the process starts. A part that the kernel does not give is left out.
class parser_sandbox {
 public:
  /// Makes the filters.
  parser_sandbox();

  /// For the process that forks parsers, before it knows of a file: no new privileges, no
  /// capabilities, no network, no calls that parsers do not need.
  void enter();

  /// For a process that is about to read a file: the limits, no file but these, no signals to
  /// others, no process group but its own. 0, or the errno of a part that this kernel gives and
  /// that failed all the same.
  int confine(const limits& to, const readable_files& files) const;

  /// No further process, no thread. Also between fork and exec. 0, or an errno.
  int refuse_processes() const noexcept;
  /// And no other program.
  int refuse_programs() const noexcept;

  /// The parts, as far as they are known after enter().
  const std::vector<part>& parts() const { return parts_; }

 private:
  struct filters {
    call_filter calls;
    call_filter contacts;
    call_filter processes;
    call_filter programs;
  };
  static filters make_filters();
  int install(call_filter filters::*which) const noexcept;

  /// Nothing where the kernel gives none, or refused them.
  std::optional<filters> filters_;
  /// Why none could be made.
  std::string why_no_filters_;
  bool limits_files_ = false;
  std::vector<part> parts_;
};

}  // namespace millrace::ingest::sandbox
