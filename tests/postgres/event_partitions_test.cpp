#include "storage/history/job_history.hpp"
#include "storage/history/job_queries.hpp"
#include "storage/retention/retention.hpp"
#include "tests/postgres/role_fixture.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace {

using namespace millrace;
using namespace std::chrono_literals;

struct partitions_fixture : tests::role_fixture {
  storage::retention retention{{.finished = 0s, .dead = 0s, .events = 80min}};

  storage::cleaned pass(storage::connection& with) {
    storage::cleaned sum;
    do {
      const auto one = retention.step(with, now);
      sum.events += one.events;
      sum.partitions += one.partitions;
      sum.more = one.more;
    } while (sum.more);
    return sum;
  }
  storage::cleaned pass() { return pass(on); }

  /// A job with three events.
  storage::job_id ended() {
    const auto id = add();
    settle(claim().front(), pipeline::finish{});
    return id;
  }

  std::int64_t end_of_first() {
    return ask("select min(end_id) from millrace_events_partitions()");
  }
  std::int64_t partitions() { return ask("select count(*) from millrace_events_partitions()"); }
  std::int64_t count(const std::string& table) { return ask("select count(*) from " + table); }

  /// The next event has the id after that.
  void go_on_at(std::int64_t last) {
    on.session() << fmt::format("select setval('events_event_id_seq', {})", last);
  }
  /// What comes now stands in the second partition.
  void fill_first() {
    pass();
    go_on_at(end_of_first());
  }
  /// A session that has read events, and has not ended its transaction.
  struct reader {
    explicit reader(const storage::database_settings& of) : on(of), held(on) {
      on.session() << "select count(*) from events";
    }
    storage::connection on;
    storage::transaction held;
  };
};

TEST_CASE_METHOD(partitions_fixture, "partitions are made before the ids reach them") {
  const auto first = partitions();
  go_on_at(end_of_first() - 2);
  const auto across = ended();
  pass();
  CHECK(partitions() == first + 1);
  CHECK(count("events_elsewhere") == 0);
  CHECK(storage::list_events_of_job(on, across, 0).size() == 3);
  // They grow with what is kept, so that there are never many.
  for (int i = 0; i < 100; ++i) {
    now += 1min;
    go_on_at(storage::last_event_id(on) + 20'000'000);
    retention.step(on, now);
  }
  CHECK(partitions() < 60);
  ended();
  CHECK(count("events_elsewhere") == 0);
}

TEST_CASE_METHOD(partitions_fixture, "a partition is dropped when all its events are old") {
  ended();
  fill_first();
  now += 40min;
  const auto young = ended();
  now += 41min;
  const auto gone = pass();
  CHECK(gone.partitions == 1);
  CHECK(gone.events == 0);
  CHECK(count("events") == 3);
  CHECK(storage::list_events_of_job(on, young, 0).size() == 3);
  now += 40min;
  // The last one is not full: its old events are deleted.
  CHECK(pass().events == 3);
  CHECK(pass().events == 0);
}

TEST_CASE_METHOD(partitions_fixture,
                 "old events are left where their partition can be dropped soon") {
  ended();
  now += 20min;
  ended();
  fill_first();
  now += 61min;
  CHECK(pass().events == 3);
  const auto left = count("events");
  now += 15min;
  ended();
  CHECK(pass().events == 0);
  CHECK(count("events") == left + 3);
  now += 5min;
  CHECK(pass().partitions == 1);
  CHECK(count("events") == 3);
}

TEST_CASE_METHOD(partitions_fixture,
                 "what came before a partition was made for it is kept and goes") {
  go_on_at(1'000'000'000);
  const auto early = ended();
  CHECK(count("events_elsewhere") == 3);
  CHECK(storage::list_events_of_job(on, early, 0).size() == 3);
  pass();
  go_on_at(storage::last_event_id(on) + 10'000'000);
  ended();
  CHECK(count("events_elsewhere") == 3);
  now += 81min;
  pass();
  CHECK(count("events_elsewhere") == 0);
  CHECK(count("events") == 0);
}

TEST_CASE_METHOD(partitions_fixture,
                 "a session that reads events for long delays, and breaks nothing") {
  ended();
  fill_first();
  now += 81min;
  {
    const reader slow{database.settings()};
    CHECK(pass().partitions == 0);
    go_on_at(ask("select max(end_id) from millrace_events_partitions()"));
    ended();
    CHECK(pass().partitions == 0);
  }
  CHECK(count("events_elsewhere") == 3);
  // The next try waits longer for its lock, and is made later.
  CHECK(pass().partitions == 0);
  now += 10s;
  CHECK(pass().partitions >= 1);
  now += 10s;
  pass();
  CHECK(ask("select max(end_id) from millrace_events_partitions()") > storage::last_event_id(on));
}

TEST_CASE_METHOD(partitions_fixture,
                 "an event is kept that is written while old ones beside it go") {
  go_on_at(1'000'000'000);
  ended();
  now += 81min;
  add();
  {
    storage::connection other{database.settings()};
    storage::transaction open{other};
    other.session() << "insert into events (at, epoch, attempt, type, severity, pipeline, stage,"
                       " correlation_id) values (" +
                           std::to_string(to_us(now)) + ", 0, 0, 'control', 'info', 'p', 's', '')";
    CHECK(pass().partitions == 0);
    open.commit();
  }
  now += 10s;
  pass();
  CHECK(ask(fmt::format("select count(*) from events where at = {}", to_us(now - 10s))) == 1);
}

TEST_CASE_METHOD(partitions_fixture, "the rows of a partition go where a view holds it") {
  ended();
  on.session() << "create view seen as select * from events_0";
  fill_first();
  now += 81min;
  const auto gone = pass();
  CHECK(gone.partitions == 0);
  CHECK(gone.events == 3);
}

TEST_CASE_METHOD(partitions_fixture, "a partition whose name is taken has another") {
  const auto next = ask("select max(end_id) from millrace_events_partitions()");
  on.session() << fmt::format("create table events_{} (x int)", next);
  go_on_at(next - 10);
  pass();
  CHECK(ask("select max(end_id) from millrace_events_partitions()") > next);
}

TEST_CASE_METHOD(partitions_fixture, "without a time nothing is dropped") {
  ended();
  fill_first();
  CHECK(ask("select count(dropped) from millrace_drop_events_partitions(null, 0, 10)") == 0);
  CHECK(count("events") == 3);
}

TEST_CASE_METHOD(partitions_fixture, "the role of a runtime makes and drops partitions") {
  for (const std::string& what :
       {"usage on schema " + schema(),
        "select, insert, update, delete on all tables in schema " + schema(),
        std::string{"execute on function millrace_last_event, millrace_add_events_partitions, "
                    "millrace_drop_events_partitions"}})
    grant(what);
  ended();
  storage::connection as_role{settings()};
  const auto first = partitions();
  go_on_at(end_of_first());
  ended();
  pass(as_role);
  CHECK(partitions() > first);
  now += 81min;
  CHECK(pass(as_role).partitions == 1);
}

}  // namespace
