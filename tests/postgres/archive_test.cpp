#include "storage/retention/retention.hpp"
#include "tests/support/store_fixture.hpp"

#include <nlohmann/json.hpp>

#include <atomic>
#include <fstream>
#include <set>
#include <thread>
#include <vector>

namespace millrace::storage::testing {
namespace {

TEST_CASE_METHOD(store_fixture, "runtimes that archive side by side archive each job once") {
  const tests::temp_dir dir;
  constexpr int many = 3000;
  const auto ids = store.submitter.enqueue(std::vector<new_job>(many), now);
  for (const auto& job : claim(many))
    settle(job, pipeline::finish{});
  now += 11min;
  const retention_settings kept{
      .finished = 10min, .dead = 0s, .events = 0s, .archive = dir.path() / "archive"};
  std::atomic<std::int64_t> deleted = 0;
  {
    std::vector<std::jthread> runtimes;
    for (int i = 0; i < 3; ++i)
      runtimes.emplace_back([&] {
        connection mine{database.settings()};
        retention one{kept};
        for (bool more = true; more;) {
          const auto step = one.step(mine, now);
          deleted += step.jobs;
          more = step.more;
        }
      });
  }
  CHECK(deleted == many);
  CHECK(ask("select count(*) from jobs") == 0);
  std::multiset<job_id> archived;
  for (const auto& file : std::filesystem::directory_iterator{kept.archive}) {
    std::ifstream in{file.path()};
    for (std::string line; std::getline(in, line);)
      archived.insert(nlohmann::json::parse(line)["job_id"].get<job_id>());
  }
  CHECK(archived == std::multiset<job_id>(ids.begin(), ids.end()));
}

}  // namespace
}  // namespace millrace::storage::testing
