#include "tests/support/virtual_runtime.hpp"

#include <catch2/catch.hpp>

#include <chrono>

using namespace millrace;
using namespace std::chrono_literals;

namespace {

std::int64_t jobs_done(tests::virtual_runtime& in) {
  long long count = 0;
  in.database().session() << "select count(*) from jobs where state = 'done'", soci::into(count);
  return count;
}

void set_up(tests::virtual_runtime& in) {
  in.pipelines = {{"nightly", {{.name = "only", .handler = "noop"}}}};
  in.schedules = {{.name = "often", .due = cron{"*/10 * * * *"}}};
}

}  // namespace

TEST_CASE("a runtime makes the jobs of its schedules when their time comes, and does them") {
  tests::virtual_runtime in;
  set_up(in);
  in.start();
  in.pass(1min);
  const auto before = jobs_done(in);
  CHECK(before <= 1);
  in.pass(1h);
  CHECK(jobs_done(in) == before + 6);
}

TEST_CASE("a store that was restarted goes on with its schedules") {
  tests::virtual_runtime in;
  set_up(in);
  in.start();
  in.pass(30min);
  const auto before = jobs_done(in);
  in.crash("store");
  in.pass(30min);
  CHECK(jobs_done(in) == before + 3);
}
