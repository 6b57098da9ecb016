#pragma once

#include "app/commands/submit/collect_files.hpp"
#include "app/commands/submit/submit_files.hpp"
#include "app/commands/submit/wait_for_jobs.hpp"
#include "app/error.hpp"
#include "app/terminal/terminal.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace millrace::app {

/// Tells what `submit` does: the jobs on stdout, piece by piece or as one JSON document at the end,
/// and what went wrong on stderr.
class submit_report {
 public:
  explicit submit_report(style as) : style_{as} {}

  void note_left_out(const collected_files& found);
  void add(const std::vector<submitted>& made);
  void note_end(const waited& how);

  /// The jobs that were made.
  std::vector<storage::job_id> jobs() const;

  /// Prints what is not printed yet, and answers how the command ends.
  exit_code finish();

 private:
  void print_json() const;

  style style_;
  std::vector<submitted> made_;
  std::vector<left_out> skipped_;
  std::vector<left_out> missing_;
  std::int64_t ignored_ = 0;
  std::optional<waited> end_;
};

}  // namespace millrace::app
