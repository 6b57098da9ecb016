#include "storage/claim/key_places.hpp"

#include "storage/history/explain.hpp"
#include "storage/runtimes/runtime_store.hpp"
#include "tests/support/store_fixture.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace millrace::storage::testing {
namespace {

using ids = std::vector<job_id>;

struct keys_fixture : store_fixture {
  job_id add_keyed(const std::string& key, int priority = 0, duration after = duration{0},
                   std::uint16_t in = 0) {
    new_job one{.pipeline = in, .priority = priority, .concurrency_key = key};
    if (after.count() > 0)
      one.run_at = now + after;
    return store.submitter.enqueue({&one, 1}, now).front();
  }
  /// Claims all that may be, and keeps it.
  ids take() {
    ids some;
    for (auto& job : claim()) {
      some.push_back(job.id);
      held.push_back(std::move(job));
    }
    return some;
  }
  settled end(job_id id, pipeline::transition_event what, bool carry_on = false) {
    const auto at =
        std::find_if(held.begin(), held.end(), [&](const auto& one) { return one.id == id; });
    REQUIRE(at != held.end());
    const auto job = *at;
    held.erase(at);
    auto became = settle(job, std::move(what), carry_on);
    REQUIRE(became);
    if (became->state == job_state::working) {
      auto next = job;
      next.stage = became->stage;
      next.epoch = became->epoch;
      held.push_back(next);
    }
    return became;
  }
  void finish(job_id id) { end(id, pipeline::finish{"", "", {}}); }
  std::int64_t rows() { return ask("select count(*) from keyed_jobs"); }

  std::vector<pipeline::job> held;
};

TEST_CASE_METHOD(keys_fixture, "of the jobs with a key one is at work at a time, in their order") {
  const auto first = add_keyed("k");
  const auto second = add_keyed("k");
  const auto other = add_keyed("l");
  const auto plain = add();
  CHECK(take() == ids{first, other, plain});
  const auto urgent = add_keyed("k", 5);
  CHECK(take().empty());
  finish(first);
  CHECK(take() == ids{urgent});
  CHECK(take().empty());
  end(urgent, pipeline::reject{"E_X", ""});
  CHECK(take() == ids{second});
  finish(second);
  finish(other);
  CHECK(take().empty());
  CHECK(rows() == 0);
  CHECK(find(first).concurrency_key == "k");
}

TEST_CASE_METHOD(keys_fixture, "a key is one of its pipeline, which says how many have a place") {
  auto definitions = pipelines.pipelines();
  definitions[0].key_concurrency = 2;
  const pipeline::catalog wider{definitions};
  job_store of_two{on, wider};
  for (int n = 0; n < 3; ++n)
    add_keyed("k");
  const auto elsewhere = add_keyed("k", 0, duration{0}, 1);
  const auto claimed = of_two.claims.claim({7, 10}, now).jobs;
  REQUIRE(claimed.size() == 3);
  CHECK(std::any_of(claimed.begin(), claimed.end(),
                    [&](const auto& one) { return one.id == elsewhere; }));
}

TEST_CASE_METHOD(keys_fixture, "a job that failed or waits again leaves its place to the others") {
  const auto first = add_keyed("k");
  const auto second = add_keyed("k");
  CHECK(take() == ids{first});
  end(first, pipeline::retry{"E_X", "", 1h});
  CHECK(take() == ids{second});
  now += 2h;
  CHECK(take().empty());
  end(second, pipeline::snooze{now + 1h, ""});
  CHECK(take() == ids{first});
}

TEST_CASE_METHOD(keys_fixture,
                 "a job that is carried on keeps its place, and one that is not waits") {
  const auto first = add_keyed("k");
  const auto second = add_keyed("k");
  CHECK(take() == ids{first});
  end(first, pipeline::advance{}, /*carry_on=*/true);
  CHECK(take().empty());
  now += 1s;
  end(first, pipeline::advance{}, /*carry_on=*/false);
  const auto next = take();
  REQUIRE(next.size() == 1);
  finish(next.front());
  CHECK(take() == ids{next.front() == first ? second : first});
}

TEST_CASE_METHOD(keys_fixture, "a job whose time has not come holds up no other") {
  const auto later = add_keyed("k", 9, 1h);
  const auto first = add_keyed("k");
  CHECK(take() == ids{first});
  CHECK(store.claims.claim({7, 10}, now).next_run_at == find(later).run_at);
  now += 1h;
  CHECK(take().empty());
  const auto second = add_keyed("k");
  finish(first);
  CHECK(take() == ids{later});
  finish(later);
  CHECK(take() == ids{second});
}

TEST_CASE_METHOD(keys_fixture, "orders for jobs with keys let the others go on") {
  const auto first = add_keyed("k");
  const auto second = add_keyed("k");
  const auto third = add_keyed("k");
  const auto fourth = add_keyed("k", 0, 1h);
  CHECK(take() == ids{first});
  store.control.cancel(second, "a test", now);
  store.control.retry(fourth, "a test", now);
  CHECK(take().empty());
  finish(first);
  CHECK(take() == ids{third});
  finish(third);
  CHECK(take() == ids{fourth});
  store.control.replay(first, "one", "a test", now);
  store.control.replay(second, "one", "a test", now);
  CHECK(take().empty());
  store.control.cancel(fourth, "a test", now);
  settle(held.front(), pipeline::release{});
  held.clear();
  CHECK(take().size() == 1);
  CHECK(take().empty());
}

TEST_CASE_METHOD(keys_fixture, "what a dead runtime held leaves its place when it is rescued") {
  const auto first = add_keyed("k");
  const auto second = add_keyed("k");
  CHECK(take() == ids{first});
  CHECK(store.rescuer.rescue(7, 8, std::nullopt, now).rescued == 1);
  held.clear();
  const auto one = take();
  REQUIRE(one.size() == 1);
  CHECK(take().empty());
  finish(one.front());
  CHECK(take() == ids{one.front() == first ? second : first});
}

TEST_CASE_METHOD(keys_fixture,
                 "rows that were written or deleted with SQL hold up no key for long") {
  const auto insert = [&] {
    const auto id =
        ask("insert into jobs (pipeline, stage, correlation_id, run_at, created_at, updated_at)"
            " values ('trio', 'one', 'x', 0, 0, 0) returning job_id");
    ask("insert into job_details (job_id, concurrency_key, at) values (" + std::to_string(id) +
        ", 'k', 0) returning 1");
    return id;
  };
  const auto first = insert();
  const auto second = insert();
  CHECK(take() == ids{first});
  ask("delete from jobs where job_id = " + std::to_string(first) + " returning 1");
  now += 15s;
  CHECK(take() == ids{second});
}

TEST_CASE_METHOD(keys_fixture, "explain says who has the place, and how many come first") {
  announce(on, pipelines, register_runtime(on, "h", 1, "v", now + 1h, now), now);
  const auto first = add_keyed("k");
  add_keyed("k");
  const auto last = add_keyed("k");
  take();
  const auto why = explain(on, pipelines, last, now);
  CHECK(why.reason == reasons::KEY_AT_LIMIT);
  CHECK_THAT(why.text, Catch::Contains("job " + std::to_string(first) + " has the place"));
  CHECK_THAT(why.text, Catch::Contains("and 1 waits before it"));
}

}  // namespace
}  // namespace millrace::storage::testing
