#include "tests/postgres/fleet.hpp"

#include <catch2/catch.hpp>

#include <csignal>

// Limits, held by several runtimes together: real processes.
namespace {

using namespace millrace;
using tests::fleet;

/// A stage, jobs for it, and two runtimes that do them.
struct pair_at_work : fleet {
  void do_jobs(std::string_view limit) {
    configure(fmt::format(one_stage, limit));
    submit("p", "a", 300);
    auto first = start(1);
    auto second = start(2);
    wait_until("(select count(*) from jobs where state = 'done') = 300");
    check_done_once(300, 1);
    for (auto* one : {&first, &second}) {
      one->signal(SIGTERM);
      CHECK(one->wait().code == 0);
    }
  }

 private:
  static constexpr auto one_stage = R"(
[pipeline.p]
stages = a
[stage.p.a]
handler = sleep:2ms
{}
)";
};

TEST_CASE_METHOD(pair_at_work, "runtimes hold a limit of jobs at work together") {
  do_jobs("concurrency_limit = 3");
  // A job that frees a place tells so before another takes it.
  CHECK(ask("select max(at_work) from (select sum(case type when 'stage_started' then 1"
            " when 'stage_done' then -1 else 0 end) over (order by event_id) as at_work"
            " from events) x") == 3);
}

TEST_CASE_METHOD(pair_at_work, "runtimes hold a rate together") {
  do_jobs("rate_limit = 100/s");
  // A full bucket, and what is refilled in a second.
  CHECK(ask("select count(*) from (select at, lag(at, 200) over (order by at) as before from events"
            " where type = 'stage_started') x where at - before < 990000") == 0);
}

}  // namespace
