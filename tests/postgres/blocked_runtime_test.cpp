#include "tests/postgres/fleet.hpp"
#include "tests/postgres/stranger.hpp"
#include "tests/support/tcp_proxy.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <csignal>

// Sessions of others in the way of real runtimes, and a server that falls silent as they end.
namespace {

using namespace millrace;
using namespace std::chrono_literals;
using tests::fleet;
using tests::stranger;

constexpr auto two_stages = R"(
health_interval = 100ms
[pipeline.two]
stages = a, b
[stage.two.a]
handler = sleep:20ms
concurrency = 20
[stage.two.b]
handler = noop
)";

constexpr auto nap = R"(
[pipeline.p]
stages = nap
[stage.p.nap]
handler = sleep:1h
)";

TEST_CASE_METHOD(fleet, "a runtime goes on with the rest while another session holds its jobs") {
  configure(two_stages);
  submit("two", "a", 2000);
  const auto runtime = start(1, {"--runtime.in_flight", "200"});
  auto patient = database.settings();
  patient.lease = 10min;
  wait_until("(select count(*) from jobs where state = 'working') > 20");
  std::optional<stranger> other;
  long long held = 0;
  // At one moment the runtime itself may hold all of them.
  tests::wait_until([&] {
    other.emplace(patient,
                  "create temporary table held as select job_id from jobs"
                  " where state = 'working' limit 4 for update skip locked;\n");
    other->on.session() << "select count(*) from held", soci::into(held);
    return held > 0;
  });
  const auto first_lease = ask("select max(lease_until) from runtimes");
  wait_until(fmt::format("(select count(*) from jobs where state = 'done') = {}", 2000 - held));
  // Longer than its lease.
  wait_until(fmt::format("(select max(lease_until) from runtimes) > {}", first_lease + 2'000'000));
  runtime.wait_for_error("LOCKS_HELD");
  const auto health = in.millrace({"health", "--config", (in.folder() / "m.ini").string(),
                                   "--runtime.data_dir", (in.folder() / "r1").string()});
  CHECK(health.code == 1);
  CHECK_THAT(health.out, Catch::Contains("degraded") &&
                             Catch::Contains(fmt::format("backend {} (", other->backend())));
  other.reset();
  wait_until("(select count(*) from jobs where state = 'done') = 2000");
  runtime.wait_for_error("LOCKS_FREE");
  runtime.signal(SIGTERM);
  const auto ended = runtime.wait();
  CHECK(ended.code == 0);
  CHECK_THAT(ended.err, !Catch::Contains("LEASE_LOST"));
  check_done_once(2000, 2);
}

TEST_CASE_METHOD(fleet, "a runtime ends within five seconds while the server is silent") {
  tests::tcp_proxy proxy{*tests::postgres_url()};
  configure(nap, proxy.url());
  submit("p", "nap", 1);
  const auto busy = start(1, {"--runtime.lease", "1m"});
  wait_until("exists (select 1 from in_hand)");
  const auto idle = start(2, {"--runtime.lease", "1m"});
  busy.wait_for_error("RUNTIME_READY");
  idle.wait_for_error("RUNTIME_READY");
  proxy.be_silent();
  const auto begin = std::chrono::steady_clock::now();
  for (const auto* one : {&busy, &idle})
    one->signal(SIGTERM);
  CHECK(idle.wait().code == 0);
  const auto ended = busy.wait();
  CHECK(ended.code == 0);
  CHECK_THAT(ended.err, Catch::Contains("JOBS_NOT_RELEASED"));
  // Not the thirty seconds that a statement may take.
  CHECK(std::chrono::steady_clock::now() - begin < 15s);
}

}  // namespace
