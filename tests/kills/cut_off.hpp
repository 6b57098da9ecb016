#pragma once

#include "tests/app/sandbox.hpp"
#include "tests/kills/network_namespace.hpp"
#include "tests/kills/options.hpp"
#include "tests/kills/postgres_server.hpp"
#include "tests/kills/records.hpp"
#include "tests/simulation/random.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace millrace::killtest {

/// What happens to a runtime while it holds locks in a transaction.
enum class outage {
  /// Its link goes down, and it is killed: the server is not told.
  cut_and_killed,
  /// SIGSTOP, for longer than its lease.
  stopped,
  /// The server goes on from an older copy of what it had, under runtimes that live: ids and epochs
  /// come again.
  commits_lost,
};

const char* describe(outage what);

/// What came of it.
struct cut_off_outcome {
  std::map<outage, int> outages;
  /// From the outage until a runtime that lives began a job of the stage with a limit, and until
  /// the jobs of the one that was lost were back in the queue; in milliseconds.
  std::vector<double> first_jobs_ms;
  std::vector<double> rescues_ms;
  std::int64_t submitted = 0;
  std::int64_t done = 0;
  /// Everything that must not be.
  std::vector<std::string> faults;
};

/// Runtimes in networks of their own around one PostgreSQL server, lost one after the other in the
/// middle of a transaction.
class cut_off {
 public:
  /// Throws not_here.
  explicit cut_off(const options& how);
  ~cut_off();
  cut_off(const cut_off&) = delete;
  cut_off& operator=(const cut_off&) = delete;

  cut_off_outcome run();

 private:
  struct member {
    std::unique_ptr<network_namespace> network;
    std::unique_ptr<tests::running> process;
  };

  void start(std::size_t which);
  void submit(int count);
  void round(outage what);
  void lose_commits();
  void wait_for_identities(std::int64_t since) const;
  bool stop_in_transaction(std::size_t victim);
  std::int64_t identity_of(std::size_t which) const;
  void watch(std::int64_t since, std::int64_t dead);
  void note(const char* which, std::int64_t at, std::int64_t since, std::vector<double>& into);
  void come_back(std::size_t victim, outage after);
  void end_all();

  options how_;
  simulation::random_source random_;
  tests::sandbox in_;
  std::vector<member> members_;
  std::unique_ptr<postgres_server> server_;
  std::unique_ptr<records> known_;
  /// No two payloads are equal, also where ids are.
  std::int64_t payloads_ = 0;
  cut_off_outcome result_;
};

}  // namespace millrace::killtest
