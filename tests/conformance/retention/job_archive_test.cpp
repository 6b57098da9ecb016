#include "storage/retention/job_archive.hpp"

#include "base/iso8601.hpp"
#include "storage/history/job_json.hpp"
#include "storage/retention/retention.hpp"
#include "tests/support/store_fixture.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <set>

namespace millrace::storage::testing {
namespace {

struct archive_fixture : store_fixture {
  tests::temp_dir dir;
  retention_settings settings{
      .finished = 10min, .dead = 0s, .events = 0s, .archive = dir.path() / "kept/archive"};
  retention one{settings};

  /// Ends jobs of `trio`, each in another way.
  std::vector<job_id> ended(int count) {
    const std::vector<new_job> jobs(static_cast<std::size_t>(count),
                                    new_job{.payload = R"({"path":"ä.md"})", .tenant = "acme"});
    const auto ids = store.submitter.enqueue(jobs, now);
    for (auto& job : claim(count)) {
      if (job.id % 3 == 0) {
        settle(job, pipeline::finish{"EARLY", "nothing left", {}});
        continue;
      }
      const auto moved = settle(job, pipeline::advance{}, true);
      REQUIRE(moved);
      job.stage = moved->stage;
      job.epoch = moved->epoch;
      settle(job, pipeline::finish{});
    }
    return ids;
  }

  cleaned pass() {
    cleaned sum;
    for (bool more = true; more;) {
      const auto step = one.step(on, now);
      sum.jobs += step.jobs;
      sum.events += step.events;
      more = step.more;
    }
    return sum;
  }

  std::filesystem::path file() const {
    return settings.archive / fmt::format("jobs-{}.jsonl", to_iso8601(now).substr(0, 10));
  }

  static std::string contents(const std::filesystem::path& from) {
    std::ifstream in{from, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  /// What stands in today's file.
  std::vector<nlohmann::ordered_json> archived() const {
    std::ifstream in{file()};
    std::vector<nlohmann::ordered_json> all;
    for (std::string line; std::getline(in, line);)
      all.push_back(nlohmann::ordered_json::parse(line));
    return all;
  }

  std::multiset<job_id> archived_ids() const {
    std::multiset<job_id> ids;
    for (const auto& line : archived())
      ids.insert(line["job_id"].get<job_id>());
    return ids;
  }

  std::int64_t jobs() { return ask("select count(*) from jobs"); }
};

/// No file of this process can grow beyond a size, as on a disk that is nearly full.
class nearly_full_disk {
 public:
  explicit nearly_full_disk(std::uintmax_t size) {
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{size, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  ~nearly_full_disk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  nearly_full_disk(const nearly_full_disk&) = delete;
  nearly_full_disk& operator=(const nearly_full_disk&) = delete;

 private:
  rlimit before_{};
};

TEST_CASE_METHOD(archive_fixture, "a job is archived as it was, with its history, and then gone") {
  const auto ids = ended(7);
  now += 11min;
  const auto young = ended(1).front();
  std::vector<nlohmann::ordered_json> expected;
  for (const auto id : ids)
    expected.push_back(nlohmann::ordered_json::parse(
        in_one_line(describe(find(id), list_events(on, {.job = id})))));
  REQUIRE(expected.front()["events"].size() >= 3);
  CHECK(pass().jobs == 7);
  CHECK(archived() == expected);
  CHECK(jobs() == 1);
  CHECK(find_job(on, young));
  CHECK(ask("select count(*) from job_details") == 1);
}

TEST_CASE_METHOD(archive_fixture,
                 "what is archived is for its owner only, in a file for each day") {
  ended(2);
  now += 11min;
  pass();
  const auto first = file();
  struct stat about {};
  REQUIRE(::stat(first.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777U) == 0600);
  REQUIRE(::stat(settings.archive.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777U) == 0700);
  const auto before = contents(first);
  ended(1);
  now += 24h;
  pass();
  CHECK(file() != first);
  CHECK(archived().size() == 1);
  CHECK(contents(first) == before);
}

TEST_CASE_METHOD(archive_fixture, "many jobs are archived in small steps, each once") {
  const auto ids = ended(450);
  now += 11min;
  const auto step = one.step(on, now);
  CHECK(step.more);
  CHECK(step.jobs < 450);
  CHECK(archived().size() == static_cast<std::size_t>(step.jobs));
  CHECK(jobs() == 450 - step.jobs);
  pass();
  CHECK(archived_ids() == std::multiset<job_id>(ids.begin(), ids.end()));
  CHECK(jobs() == 0);
}

TEST_CASE_METHOD(archive_fixture, "where jobs cannot be archived none is deleted, until they can") {
  const auto ids = ended(3);
  now += 11min;
  dir.write("kept", "no folder");
  for (int i = 0; i < 2; ++i) {
    auto tried = one;
    try {
      tried.step(on, now);
      FAIL("it went on");
    } catch (const error& e) {
      CHECK_THAT(std::string{e.what()}, Catch::Contains((dir.path() / "kept").string()));
      CHECK_FALSE(e.next().empty());
    }
  }
  CHECK(jobs() == 3);
  std::filesystem::remove(dir.path() / "kept");
  CHECK(pass().jobs == 3);
  CHECK(archived_ids() == std::multiset<job_id>(ids.begin(), ids.end()));
}

TEST_CASE_METHOD(archive_fixture,
                 "a disk that becomes full leaves whole lines, and no job is lost") {
  ended(2);
  now += 11min;
  pass();
  const auto before = contents(file());
  ended(3);
  now += 11min;
  {
    const nearly_full_disk full{before.size() + before.size() / 2 + 10};
    auto tried = one;
    CHECK_THROWS_AS(tried.step(on, now), error);
  }
  CHECK(contents(file()) == before);
  CHECK(jobs() == 3);
  CHECK(pass().jobs == 3);
  CHECK(archived().size() == 5);
}

TEST_CASE_METHOD(archive_fixture, "half a line that a crash has left is cut") {
  ended(1);
  now += 11min;
  pass();
  const auto whole = contents(file());
  std::ofstream{file(), std::ios::app} << whole.substr(0, whole.size() / 2);
  ended(1);
  now += 11min;
  pass();
  CHECK(archived().size() == 2);
  CHECK(contents(file()).starts_with(whole));
}

TEST_CASE_METHOD(archive_fixture,
                 "a deletion that fails again and again archives no job a second time") {
  const auto ids = ended(3);
  now += 11min;
  for (int i = 0; i < 3; ++i) {
    auto tried = one;
    {
      const transaction undone{on};
      CHECK(tried.step(on, now).jobs == 3);
    }
    CHECK(jobs() == 3);
  }
  CHECK(pass().jobs == 3);
  CHECK(archived_ids() == std::multiset<job_id>(ids.begin(), ids.end()));
}

TEST_CASE_METHOD(archive_fixture, "a job that is replayed while it is archived stays") {
  const auto ids = ended(2);
  now += 11min;
  connection elsewhere{database.settings()};
  job_store others{elsewhere, pipelines};
  {
    transaction held{elsewhere};
    others.control.replay(ids.front(), "one", "ann", now);
    auto tried = one;
    try {
      tried.step(on, now);
    } catch (const error& busy) {
      CHECK(busy.kind() == error_kind::transient);
    }
    held.commit();
  }
  pass();
  CHECK(jobs() == 1);
  CHECK(find(ids.front()).state == job_state::queued);
  CHECK(archived_ids().contains(ids.back()));
}

TEST_CASE_METHOD(archive_fixture, "events wait for the jobs that they belong to") {
  settings.events = 10min;
  one = retention{settings};
  const auto job = working();
  now += 1h;
  settle(job, pipeline::finish{});
  now += 9min;
  CHECK(pass().events == 0);
  now += 2min;
  CHECK(pass().jobs == 1);
  REQUIRE(archived().size() == 1);
  CHECK(archived().front()["events"].size() == 3);
  now += 25h;
  CHECK(pass().events == 3);
}

TEST_CASE_METHOD(archive_fixture, "no event goes while jobs cannot be archived") {
  settings.events = 10min;
  one = retention{settings};
  ended(1);
  dir.write("kept", "no folder");
  now += 30 * 24h;
  auto tried = one;
  const auto events = ask("select count(*) from events");
  for (int i = 0; i < 3; ++i)
    CHECK_THROWS_AS(tried.step(on, now), error);
  CHECK(ask("select count(*) from events") == events);
  std::filesystem::remove(dir.path() / "kept");
  pass();
  CHECK(archived().front()["events"].size() == static_cast<std::size_t>(events));
  CHECK(ask("select count(*) from events") == 0);
}

}  // namespace
}  // namespace millrace::storage::testing
