#pragma once

#include "tests/app/sandbox.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace millrace::killtest {

/// The runtimes of the test, each with a data directory of its own. What they do that none
/// may, they report as faults.
class process_group {
 public:
  /// Starts one for each data directory.
  process_group(const tests::sandbox& in, std::string config,
                std::vector<std::filesystem::path> data_dirs);
  /// Ends those that run still.
  ~process_group();
  process_group(const process_group&) = delete;
  process_group& operator=(const process_group&) = delete;

  int size() const { return static_cast<int>(data_dirs_.size()); }

  /// `limits` are commands of a shell that come first, such as `ulimit -n 40`.
  void start(int which, const std::string& limits = {});
  void kill(int which);
  void signal(int which, int number);
  /// SIGTERM, upon which it must end, and with 0.
  void terminate(int which);

  /// Notes which runtimes ended by themselves, and starts them again.
  void restart_dead();

  /// A further one in its data directory must be refused, and told the pid of the first.
  void try_a_second(int which);

  int kills() const { return kills_; }
  const std::vector<std::string>& faults() const { return faults_; }
  /// How those ended that were given too little to live on, by exit code.
  const std::map<int, int>& starved_ends() const { return ends_in_want_; }

 private:
  struct member {
    tests::running process;
    bool is_in_want = false;
  };

  std::vector<std::string> words(int which) const;
  /// Waits until it has begun, or ended.
  void let_start(int which) const;
  /// Waits for its end, and looks at what it said.
  int reap(int which);
  bool has_ended(int which) const { return members_.at(which).process.has_ended(); }

  const tests::sandbox& in_;
  std::string config_;
  std::vector<std::filesystem::path> data_dirs_;
  std::map<int, member> members_;
  int kills_ = 0;
  std::vector<std::string> faults_;
  std::map<int, int> ends_in_want_;
};

}  // namespace millrace::killtest
