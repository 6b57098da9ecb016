#include "actors/store/writer.hpp"
#include "pipeline/codes.hpp"
#include "storage/db/postgres.hpp"
#include "storage/db/sqlite.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/store_fixture.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

// What the rules of others (a trigger, a check) refuse of one job does not hold up the rest.
namespace millrace::storage::testing {
namespace {

using actors::duty;
using actors::look_around;

struct refused_claim : store_fixture {
  tests::manual_clock time;
  actors::writer out{settings(), pipelines, time};

  actors::writer_settings settings() {
    actors::writer_settings made;
    made.database = database.settings();
    made.data_dir = database.folder();
    made.version = "test";
    made.lease = 15s;
    return made;
  }

  /// A user's trigger refuses that the job becomes what `when` says of `new`.
  void refuse(job_id id, const std::string& when) {
    if (is_sqlite()) {
      on.session() << fmt::format(
          "create trigger stop_{0} before update on jobs when new.job_id = {0} and {1}"
          " begin select raise(abort, 'not this one'); end",
          id, when);
      return;
    }
    postgres::execute(on.session(),
                      fmt::format("create function stop_{0}() returns trigger language plpgsql as"
                                  " $$ begin raise exception 'not this one'; end $$;"
                                  " create trigger stop_{0} before update on jobs for each row"
                                  " when (new.job_id = {0} and {1}) execute function stop_{0}();",
                                  id, when));
  }

  void refuse_no_more(job_id id) {
    on.session() << fmt::format("drop trigger stop_{}{}", id, is_sqlite() ? "" : " on jobs");
  }

  /// A trigger refuses all that is written of limits.
  void refuse_limits() {
    if (is_sqlite())
      on.session() << "create trigger stop_limits before insert on limiters"
                      " begin select raise(abort, 'no limits'); end";
    else
      postgres::execute(on.session(),
                        "create function stop_limits() returns trigger language plpgsql as"
                        " $$ begin raise exception 'no limits'; end $$;"
                        " create trigger stop_limits before insert or update on limiters"
                        " for each row execute function stop_limits();");
  }

  std::vector<job_id> submit(int count) {
    return store.submitter.enqueue(std::vector<new_job>(static_cast<std::size_t>(count)),
                                   time.now());
  }

  /// Claims as a runtime does until nothing comes.
  std::set<job_id> claim_all(int limit) {
    std::set<job_id> all;
    for (int tries = 0; tries < 50; ++tries) {
      const auto some = out.write({.claim = limit}).claimed;
      for (const auto& one : some.jobs)
        all.insert(one.id);
      if (some.jobs.empty())
        return all;
    }
    FAIL("the claims have no end");
    return all;
  }
};

TEST_CASE_METHOD(refused_claim, "a job that the database does not let be claimed is set aside") {
  out.open();
  const auto ids = submit(50);
  refuse(ids[20], "new.state = 'working'");
  refuse(ids[33], "new.state = 'working'");
  const auto claimed = claim_all(32);
  CHECK(claimed.size() == 48);
  for (const auto bad : {ids[20], ids[33]}) {
    CHECK(find(bad).state == job_state::deadletter);
    CHECK(find(bad).code == pipeline::codes::ROW_INVALID);
    CHECK_THAT(find(bad).message, Catch::Contains("not this one"));
  }
}

TEST_CASE_METHOD(refused_claim, "a job that cannot be changed at all holds up its own lane only") {
  out.open();
  const auto ids = submit(3);
  refuse(ids[0], "new.epoch > 0");
  const auto others = store.submitter.enqueue(
      std::vector<new_job>{{.pipeline = 1}, {.pipeline = 1}, {.tenant = "acme"}}, time.now());
  CHECK(claim_all(32) == std::set<job_id>{others.begin(), others.end()});
  CHECK(find(ids[0]).state == job_state::queued);
}

TEST_CASE_METHOD(refused_claim, "settlements beside a claim that is refused are written") {
  out.open();
  submit(1);
  const auto job = out.write({.claim = 1}).claimed.jobs.front();
  refuse(submit(1).front(), "new.state = 'working'");
  const auto result = out.write({.settlements = {{job, pipeline::finish{}, false}},
                                 .claim = 10,
                                 .duties = look_around.with(duty::lease)});
  REQUIRE(result.settled.size() == 1);
  CHECK(result.settled.front());
  CHECK_FALSE(result.lease_lost);
  CHECK(find(job.id).state == job_state::done);
}

TEST_CASE_METHOD(
    refused_claim,
    "a job of which whatever is written is refused stays in hand, and harms no other") {
  out.open();
  const auto ids = submit(3);
  auto jobs = out.write({.claim = 3}).claimed.jobs;
  REQUIRE(jobs.size() == 3);
  refuse(ids[1], "new.state <> 'working'");
  std::vector<settlement> all;
  for (const auto& one : jobs)
    all.push_back({one, pipeline::finish{}, false});
  const auto result = out.write({.settlements = all, .claim = 10, .duties = {duty::lease}});
  CHECK_FALSE(result.lease_lost);
  CHECK(result.held == std::vector<std::size_t>{1});
  REQUIRE(result.refused.contains(ids[1]));
  CHECK_THAT(result.refused.at(ids[1]), Catch::Contains("not this one"));
  CHECK(find(ids[0]).state == job_state::done);
  CHECK(find(ids[1]).state == job_state::working);
  CHECK(find(ids[2]).state == job_state::done);

  const std::vector<settlement> again{{jobs[1], pipeline::finish{}, false, true}};
  CHECK(out.write({.settlements = again}).held.size() == 1);
  refuse_no_more(ids[1]);
  const auto last = out.write({.settlements = again});
  CHECK(last.held.empty());
  CHECK(last.refused.empty());
  CHECK(find(ids[1]).state == job_state::done);
}

TEST_CASE_METHOD(refused_claim, "limits that cannot be written hold up only what has limits") {
  auto all = small_catalog().pipelines();
  all.front().stages.front().limit = {.concurrency = 5};
  const pipeline::catalog limited{all};
  actors::writer by{settings(), limited, time};
  by.open();
  refuse_limits();
  submit(3);
  const auto free =
      store.submitter.enqueue(std::vector<new_job>{{.pipeline = 1}, {.stage = 1}}, time.now());
  std::set<job_id> claimed;
  for (int tries = 0; tries < 5; ++tries)
    for (const auto& one : by.write({.claim = 32}).claimed.jobs)
      claimed.insert(one.id);
  CHECK(claimed == std::set<job_id>{free.begin(), free.end()});
  CHECK(ask("select count(*) from jobs where state = 'queued'") == 3);
}

TEST_CASE_METHOD(refused_claim, "a SQLite file that was moved away is waited for") {
  if (!is_sqlite())
    return;
  out.open();
  const auto file = sqlite::path_of(database.settings().url);
  const auto away = file.string() + ".away";
  std::filesystem::rename(file, away);
  CHECK(kind_thrown([&] { out.write({.duties = {duty::lease}}); }) == error_kind::transient);
  CHECK_FALSE(std::filesystem::exists(file));
  std::filesystem::rename(away, file);
  CHECK_FALSE(out.write({.duties = {duty::lease}}).lease_lost);
}

TEST_CASE_METHOD(refused_claim, "a job that cannot be rescued does not hold up the others") {
  submit(5);
  const auto held = store.claims.claim({7, 10}, time.now()).jobs;
  REQUIRE(held.size() == 5);
  refuse(held[2].id, "new.state = 'queued'");
  const auto result = store.rescuer.rescue(7, 8, std::vector<job_id>{}, time.now());
  CHECK(result.rescued == 4);
  CHECK(result.refused == 1);
  CHECK(find(held[2].id).state == job_state::working);
  CHECK(store.claims.claim({8, 10}, time.now()).jobs.size() == 4);
}

}  // namespace
}  // namespace millrace::storage::testing
