#pragma once

#include "pipeline/definition.hpp"
#include "storage/db/database.hpp"
#include "tests/simulation/calls.hpp"
#include "tests/simulation/judge.hpp"
#include "tests/simulation/plan.hpp"
#include "tests/simulation/random.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::simulation {

/// What is wrong with the disk, or the database, for a while.
struct file_fault {
  step_kind what{};
  /// For all of them if empty.
  std::optional<int> runtime;
  time_point until{};
};

/// What all runtimes of a run share.
struct scene {
  explicit scene(const plan& p, std::filesystem::path in)
      : what(p), folder(std::move(in)), pipelines(p.pipelines), random(mix(p.seed ^ 0x5eed)) {
    database.url = "sqlite:" + (folder / "millrace.db").string();
    database.busy_timeout = std::chrono::milliseconds{0};
    database.shared = p.shared;
    rules = p.rules;
  }

  const plan& what;
  std::filesystem::path folder;
  pipeline::catalog pipelines;
  storage::database_settings database;
  storage::job_rules rules;
  time_point now{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
  /// Decides what comes first of what could come first.
  random_source random;
  call_log calls;
  /// Of the processes that live.
  std::set<std::int64_t> living;
  std::int64_t next_pid = 1;
  /// Whose each identity is, that a runtime has had, by its pid; and when those died that have.
  std::map<std::int64_t, std::int64_t> processes;
  std::map<std::int64_t, time_point> deaths;
  /// Calls of jobs that were lost with the database's commits. Some handlers are still at work.
  std::vector<call_log::node_type> lost_calls;
  bool has_lost_commits = false;
  std::vector<file_fault> faults;
  /// Until then a process that died in a transaction has the lock.
  time_point locked_until{};
  /// Until then a runtime may fail to renew its lease.
  time_point disturbed_until{};
  /// No fault comes any more, and handlers do their work.
  bool is_calm = false;
  /// Something was written since the judge looked.
  bool is_written = false;
  /// Null before the first job.
  const judge* looked = nullptr;
  /// What was found where it could not be thrown.
  std::optional<violation> found;
  std::int64_t handled = 0;

  /// One number for all that was said; two runs that went alike have the same.
  void tell(std::string_view line) {
    for (const char c : line)
      digest = (digest ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    digest = (digest ^ '\n') * 0x100000001b3ULL;
    if (keeps_history)
      history.emplace_back(line);
  }
  std::uint64_t digest = 0xcbf29ce484222325ULL;
  bool keeps_history = false;
  std::vector<std::string> history;
};

}  // namespace millrace::simulation
