#include "storage/runtimes/runtime_store.hpp"

#include "tests/support/store_fixture.hpp"

namespace millrace::storage::testing {
namespace {

TEST_CASE_METHOD(store_fixture, "a runtime has a row with its lease") {
  const auto id = register_runtime(on, "host", 42, "1.0", now + 15s, now);
  const auto rows = list_runtimes(on);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].id == id);
  CHECK(rows[0].host == "host");
  CHECK(rows[0].pid == 42);
  CHECK(rows[0].version == "1.0");
  CHECK(rows[0].started_at == now);
  CHECK(rows[0].lease_until == now + 15s);
  CHECK_FALSE(rows[0].has_ended);
}

TEST_CASE_METHOD(store_fixture, "a lease lasts until it is ended; each renewal counts on") {
  const auto id = register_runtime(on, "host", 42, "1.0", now + 15s, now);
  for (std::int64_t n = 1; n <= 3; ++n) {
    // Whatever the clocks say.
    const auto found = renew_lease(on, id, now - n * 1h);
    CHECK(found.what == renewal::answer::renewed);
    CHECK(found.beat == n);
    CHECK(list_runtimes(on).at(0).lease_until == now - n * 1h);
  }
  CHECK(renew_lease(on, id + 1, now + 40s).what == renewal::answer::unknown);
}

TEST_CASE_METHOD(store_fixture, "a runtime that ended has no lease") {
  const auto id = register_runtime(on, "host", 42, "1.0", now + 15s, now);
  end_runtime(on, id, now + 1s);
  CHECK(list_runtimes(on).at(0).lease_until == now + 1s);
  CHECK(list_runtimes(on).at(0).has_ended);
  CHECK(renew_lease(on, id, now + 20s).what == renewal::answer::ended);
}

TEST_CASE_METHOD(store_fixture, "rows of runtimes go a day after their end when they hold no job") {
  register_runtime(on, "host", 1, "1.0", now + 15s, now);
  const auto busy = register_runtime(on, "host", 2, "1.0", now + 15s, now);
  const auto alive = register_runtime(on, "host", 3, "1.0", now + 48h, now);
  add();
  store.claims.claim({busy, 1}, now);
  const auto later = register_runtime(on, "host", 4, "1.0", now + 48h, now + 24h + 14s);
  CHECK(list_runtimes(on).size() == 4);
  const auto fresh = register_runtime(on, "host", 5, "1.0", now + 60s, now + 24h + 60s);
  std::vector<runtime_id> left;
  for (const auto& one : list_runtimes(on))
    left.push_back(one.id);
  CHECK(left == std::vector{busy, alive, later, fresh});
}

TEST_CASE_METHOD(store_fixture, "a runtime serves the stages that it announced, while it lives") {
  const auto both = register_runtime(on, "host", 1, "1.0", now + 15s, now);
  announce(on, pipelines, both, now);
  const pipeline::catalog small{{small_catalog().pipelines().back()}};
  const auto solo = register_runtime(on, "host", 2, "1.0", now + 30s, now + 1s);
  announce(on, small, solo, now + 1s);
  using ids = std::vector<runtime_id>;
  CHECK(serving_runtimes(on, "trio", "two", now) == ids{both});
  CHECK(serving_runtimes(on, "solo", "only", now) == ids{both, solo});
  CHECK(serving_runtimes(on, "solo", "only", now + 15s) == ids{solo});
  CHECK(serving_runtimes(on, "trio", "four", now).empty());
  CHECK(is_announced(on, "trio"));
  CHECK_FALSE(is_announced(on, "quartet"));
}

TEST_CASE_METHOD(store_fixture, "what a runtime served is forgotten with it") {
  announce(on, pipelines, register_runtime(on, "host", 1, "1.0", now + 15s, now), now);
  CHECK(ask("select count(*) from served_stages") == 4);
  register_runtime(on, "host", 2, "1.0", now + 25h, now + 1h);
  CHECK(ask("select count(*) from served_stages") == 4);
  register_runtime(on, "host", 3, "1.0", now + 25h, now + 25h);
  CHECK(ask("select count(*) from served_stages") == 0);
}

}  // namespace
}  // namespace millrace::storage::testing
