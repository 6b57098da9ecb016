#pragma once

#include "storage/db/migrate.hpp"
#include "tests/app/sandbox.hpp"
#include "tests/support/store_fixture.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace millrace::tests {

/// Runtimes of one configuration, each with a data directory of its own, and their database.
struct fleet {
  sandbox in;
  test_database database;
  storage::connection on{database.settings()};

  /// `url` is the way to the server, if not the plain one.
  std::string configure(const std::string& pipeline, const std::string& url = {}) {
    storage::migrate(on, system_clock{}.now());
    return in.write("m.ini", fmt::format("[storage]\nurl = {}\nschema = {}\nblob_dir = {}\n"
                                         "[runtime]\nlease = 1s\nheartbeat = 300ms\n"
                                         "controls_interval = 100ms\n{}",
                                         url.empty() ? database.settings().url : url,
                                         database.settings().schema,
                                         (in.folder() / "blobs").string(), pipeline));
  }

  running start(int number, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"run", "--config", (in.folder() / "m.ini").string(),
                                   "--runtime.data_dir",
                                   (in.folder() / fmt::format("r{}", number)).string()};
    words.insert(words.end(), more.begin(), more.end());
    return in.start(words);
  }

  std::int64_t ask(const std::string& sql) {
    long long answer = 0;
    on.session() << sql, soci::into(answer);
    return answer;
  }

  void submit(const std::string& pipeline, const std::string& stage, int count) {
    on.session() << fmt::format(
        "insert into jobs (pipeline, stage, run_at, created_at, updated_at)"
        " select '{}', '{}', 1, 1, 1 from generate_series(1, {})",
        pipeline, stage, count);
  }

  void wait_until(const std::string& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{120};
    while (ask("select case when " + condition + " then 1 else 0 end") == 0) {
      if (std::chrono::steady_clock::now() > deadline)
        FAIL("not in time: " << condition);
      std::this_thread::yield();
    }
  }

  std::int64_t unfinished() {
    return ask("select count(*) from jobs where state in ('queued', 'working', 'retryable')");
  }

  /// Every job has passed every stage once, and none is left.
  void check_done_once(int jobs, int stages) {
    CHECK(ask("select count(*) from jobs where state = 'done'") == jobs);
    CHECK(ask("select count(*) from events where type = 'stage_done'") ==
          std::int64_t{jobs} * stages);
    CHECK(ask("select count(*) from (select job_id, stage from events where type = 'stage_done'"
              " group by job_id, stage having count(*) <> 1) x") == 0);
  }
};

}  // namespace millrace::tests
