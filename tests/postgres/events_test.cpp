#include "storage/history/event_follower.hpp"
#include "tests/app/sandbox.hpp"
#include "tests/support/store_fixture.hpp"

#include <nlohmann/json.hpp>

#include <csignal>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace millrace;
using ids = std::vector<std::int64_t>;

/// Beside the fixture's own connection one that is slow to commit.
struct events_fixture : storage::testing::store_fixture {
  storage::connection other{database.settings()};
  storage::job_store slow{other, pipelines};
  std::optional<storage::transaction> open;

  /// Cancels a job in a transaction that stays open: its event has the next id.
  void begin_slowly() {
    const auto job = add();
    open.emplace(other);
    slow.control.cancel(job, "ann", now);
  }

  void commit_slowly() {
    open->commit();
    open.reset();
  }

  static ids next(storage::event_follower& from) {
    ids shown;
    for (const auto& one : from.next())
      shown.push_back(one.id);
    return shown;
  }

  void cancel_one() { store.control.cancel(add(), "bob", now); }
};

TEST_CASE_METHOD(events_fixture, "an event that is committed late is shown in its place") {
  storage::event_follower from{on, {}};
  CHECK(next(from).empty());
  begin_slowly();
  cancel_one();
  CHECK(next(from).empty());
  CHECK(from.is_held_up());
  CHECK_FALSE(from.has_news());
  commit_slowly();
  CHECK(from.has_news());
  CHECK(next(from) == ids{1, 2});
  CHECK(next(from).empty());
  storage::event_follower again{on, {.after = 1}};
  CHECK(next(again) == ids{2});
}

TEST_CASE_METHOD(events_fixture,
                 "an event that was written while another was waited for is news afterwards") {
  storage::event_follower from{on, {}};
  begin_slowly();
  // On its way, and the last one that the follower knows of.
  CHECK(next(from).empty());
  CHECK(from.is_held_up());
  cancel_one();
  commit_slowly();
  CHECK(from.has_news());
  CHECK(next(from) == ids{1});
  // Nothing is committed any more.
  CHECK(from.has_news());
  CHECK(next(from) == ids{2});
}

TEST_CASE_METHOD(events_fixture,
                 "a reader that waits for one transaction does not wait for later ones") {
  storage::event_follower from{on, {}};
  begin_slowly();
  cancel_one();
  CHECK(next(from).empty());
  commit_slowly();
  begin_slowly();
  CHECK(from.has_news());
  CHECK(next(from) == ids{1, 2});
  CHECK(next(from).empty());
  CHECK(from.is_held_up());
  commit_slowly();
  CHECK(next(from) == ids{3});
}

TEST_CASE_METHOD(events_fixture,
                 "the event of a transaction that is rolled back is not waited for") {
  storage::event_follower from{on, {}};
  begin_slowly();
  cancel_one();
  CHECK(next(from).empty());
  open.reset();
  CHECK(from.has_news());
  CHECK(next(from) == ids{2});
}

TEST_CASE_METHOD(events_fixture, "a transaction that writes something else holds nothing up") {
  storage::event_follower from{on, {}};
  open.emplace(other);
  slow.submitter.enqueue(std::vector<storage::new_job>(1), now);
  cancel_one();
  CHECK(next(from) == ids{1});
}

TEST_CASE_METHOD(events_fixture, "the events of a job are held up as well") {
  begin_slowly();
  const auto job = add();
  store.control.cancel(job, "bob", now);
  storage::event_follower from{on, {.job = job}};
  CHECK(next(from).empty());
  commit_slowly();
  CHECK(next(from) == ids{2});
  CHECK(next(from).empty());
}

TEST_CASE_METHOD(events_fixture,
                 "the command misses no event, shows none twice and can be resumed") {
  using nlohmann::json;
  const tests::sandbox in;
  const std::vector<std::string> place{"--storage.url", database.settings().url, "--storage.schema",
                                       database.settings().schema};
  const auto words = [&](std::vector<std::string> all) {
    all.insert(all.end(), place.begin(), place.end());
    return all;
  };
  const auto shown = [](const std::string& out) {
    ids found;
    std::istringstream lines{out};
    for (std::string line; std::getline(lines, line);)
      found.push_back(json::parse(line)["event_id"]);
    return found;
  };
  cancel_one();
  const auto following = in.start(words({"events", "--follow", "--after", "0", "--json"}));
  following.wait_for_output("\"event_id\":1,");
  begin_slowly();
  cancel_one();
  const auto late = in.millrace(words({"events", "--after", "1", "--json"}));
  CHECK(json::parse(late.out).size() == 1);
  CHECK_THAT(late.err, Catch::Contains("millrace events --follow"));
  commit_slowly();
  following.wait_for_output("\"event_id\":3,");
  following.signal(SIGINT);
  CHECK(shown(following.wait().out) == ids{1, 2, 3});
  const auto resumed = in.start(words({"events", "--follow", "--after", "1", "--json"}));
  resumed.wait_for_output("\"event_id\":3,");
  resumed.signal(SIGINT);
  CHECK(shown(resumed.wait().out) == ids{2, 3});
}

}  // namespace
