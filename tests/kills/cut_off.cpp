#include "tests/kills/cut_off.hpp"

#include "tests/kills/moments.hpp"
#include "tests/support/paths.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <iterator>

namespace millrace::killtest {
namespace {

using namespace std::chrono_literals;

constexpr auto lease = 3s;
/// A job must be begun, and what was lost be rescued, so long after the outage at the latest.
constexpr auto promised = lease + 2s;

constexpr auto cut_off_settings = R"(
[runtime]
lease = 3s
controls_interval = 200ms
worker_threads = 2
in_flight = 60
claim_batch = 20
crash_limit = 1000

[pipeline.cut]
stages = limited, echo
[stage.cut.limited]
handler = sleep:20ms
concurrency_limit = 30
[stage.cut.echo]
handler = exec:python3 {}
)";

constexpr auto echo = R"(import json, sys
sys.stdin.readline()
print('{"ready": 1}', flush=True)
for line in sys.stdin:
    job = json.loads(line)
    print(json.dumps({"id": job["id"], "advance": job["payload"]}), flush=True)
)";

/// A session of the address holds locks in a transaction, the server waits for its next word, and
/// the runtime has jobs from before: one without is not watched by the others.
constexpr auto in_transaction =
    "select count(*) from pg_stat_activity a where host(client_addr) = '{}'"
    " and exists (select 1 from jobs where state = 'working' and claimed_by = {})"
    " and state = 'idle in transaction' and exists (select 1 from pg_locks l where l.pid = a.pid"
    " and l.relation in (cast('jobs' as regclass), cast('limiters' as regclass))"
    " and l.mode in ('RowShareLock', 'RowExclusiveLock'))";

double ms(std::int64_t us) { return static_cast<double>(us) / 1000; }

}  // namespace

const char* describe(outage what) {
  switch (what) {
    case outage::cut_and_killed:
      return "one was cut off and killed within a transaction";
    case outage::stopped:
      return "one was stopped within a transaction";
    case outage::commits_lost:
      return "the server went back to an older copy";
  }
  return "";
}

cut_off::cut_off(const options& how) : how_{how}, random_{how.seed} {
  std::vector<std::string> addresses;
  for (int i = 0; i < std::max(2, how.runtimes); ++i) {
    members_.push_back({std::make_unique<network_namespace>(i), nullptr});
    addresses.push_back(members_.back().network->outside());
  }
  // The server runs as another user, which may pass through.
  std::filesystem::permissions(in_.folder(), std::filesystem::perms{0711});
  server_ = std::make_unique<postgres_server>(in_.folder() / "database", addresses);
  known_ = std::make_unique<records>(
      storage::database_settings{.url = server_->url(), .schema = "killtest"});
  const auto handler = in_.write("echo.py", echo);
  in_.write("killtest.ini", fmt::format("[storage]\nschema = killtest\nblob_dir = {}\n{}",
                                        (in_.folder() / "blobs").string(),
                                        fmt::format(fmt::runtime(cut_off_settings), handler)));
  for (std::size_t i = 0; i < members_.size(); ++i)
    start(i);
  for (const auto& one : members_)
    one.process->wait_for_error("RUNTIME_READY");
}

cut_off::~cut_off() {
  for (const auto& one : members_)
    if (one.process && !one.process->has_ended())
      one.process->signal(SIGKILL);
}

void cut_off::start(std::size_t which) {
  auto& one = members_[which];
  one.process = std::make_unique<tests::running>(in_.start_in_shell(one.network->enter(fmt::format(
      "{} run --config {} --storage.url {} --runtime.data_dir {}", tests::build_path("millrace"),
      (in_.folder() / "killtest.ini").string(), server_->url(one.network->outside()),
      (in_.folder() / fmt::format("runtime{}", which)).string()))));
}

void cut_off::submit(int count) {
  known_->number(
      fmt::format("select count(millrace_submit('cut', jsonb_build_object('n', n)))"
                  " from generate_series({}, {}) n",
                  payloads_ + 1, payloads_ + count));
  payloads_ += count;
  result_.submitted += count;
}

cut_off_outcome cut_off::run() {
  for (int i = 0; i < how_.kills; ++i)
    round(static_cast<outage>(i % 3));
  if (!comes_to_hold([&] { return known_->unfinished() == 0; }, 2min))
    result_.faults.push_back(fmt::format("{} jobs have not ended", known_->unfinished()));
  end_all();
  result_.done = known_->number(
      "select count(*) from jobs j join job_details d on d.job_id = j.job_id"
      " where j.state = 'done' and cast(d.output as text) = cast(d.payload as text)");
  auto faults = known_->faults();
  std::move(faults.begin(), faults.end(), std::back_inserter(result_.faults));
  return std::move(result_);
}

void cut_off::round(outage what) {
  submit(500);
  if (what == outage::commits_lost)
    return lose_commits();
  const auto victim = static_cast<std::size_t>(random_.below(members_.size()));
  if (!stop_in_transaction(victim)) {
    result_.faults.emplace_back("no transaction was met");
    return;
  }
  ++result_.outages[what];
  auto& lost = members_[victim];
  if (what == outage::cut_and_killed) {
    lost.network->cut();
    lost.process->signal(SIGKILL);
  }
  const auto since = now_us();
  std::vector<std::int64_t> identities;
  for (std::size_t i = 0; i < members_.size(); ++i)
    identities.push_back(identity_of(i));
  watch(since, identities[victim]);
  for (std::size_t i = 0; i < members_.size(); ++i)
    if (i != victim && identity_of(i) != identities[i])
      result_.faults.push_back(fmt::format("runtime {} lost its lease", i));
  come_back(victim, what);
}

/// Jobs are submitted, claimed and done after the copy; others with the same ids after it has come
/// back, while answers for the first ones are under way.
void cut_off::lose_commits() {
  ++result_.outages[outage::commits_lost];
  server_->keep_copy();
  const auto passed = [&] {
    return known_->number("select count(*) from events where type = 'stage_done'");
  };
  const auto before = passed();
  submit(300);
  comes_to_hold([&] { return passed() > before + 50; }, 30s);
  server_->go_back_to_copy();
  const auto since = now_us();
  result_.submitted = known_->number("select count(*) from jobs");
  submit(300);
  const auto begun = fmt::format(
      "select coalesce(min(at), 0) from events where at > {} and type = 'stage_done'", since);
  std::int64_t first = 0;
  comes_to_hold([&] { return (first = known_->number(begun)) != 0; }, 4 * promised);
  note("no job was done after the server went back", first, since, result_.first_jobs_ms);
  wait_for_identities(now_us());
}

/// A runtime that has lost commits finds it out with its next heartbeat, and is another from then
/// on.
void cut_off::wait_for_identities(std::int64_t since) const {
  constexpr auto later = std::chrono::microseconds{lease + 2s}.count();
  comes_to_hold(
      [&] {
        return std::all_of(members_.begin(), members_.end(), [&](const auto& one) {
          return known_->number(fmt::format("select coalesce(max(lease_until), 0) from runtimes"
                                            " where pid = {}",
                                            one.process->pid())) > since + later;
        });
      },
      30s);
}

void cut_off::note(const char* which, std::int64_t at, std::int64_t since,
                   std::vector<double>& into) {
  constexpr auto most = std::chrono::microseconds{promised}.count();
  if (at == 0)
    result_.faults.push_back(
        fmt::format("{} in {} s", which, std::chrono::seconds{4 * promised}.count()));
  else if (how_.on_time && at - since > most)
    result_.faults.push_back(fmt::format("{} for {:.0f} ms", which, ms(at - since)));
  if (at != 0)
    into.push_back(ms(at - since));
}

/// Stops it again and again, until that came upon a transaction that holds locks.
bool cut_off::stop_in_transaction(std::size_t victim) {
  const auto& one = members_[victim];
  return comes_to_hold(
      [&] {
        if (known_->unfinished() < 200)
          submit(300);
        one.process->signal(SIGSTOP);
        // A statement that is under way ends, and then the server waits.
        let_pass(3ms);
        if (known_->number(fmt::format(fmt::runtime(in_transaction), one.network->inside(),
                                       identity_of(victim))) > 0)
          return true;
        one.process->signal(SIGCONT);
        let_pass(random_.up_to(7ms));
        return false;
      },
      1min);
}

std::int64_t cut_off::identity_of(std::size_t which) const {
  return known_->number(
      fmt::format("select runtime_id from runtimes where pid = {} order by started_at desc limit 1",
                  members_[which].process->pid()));
}

void cut_off::watch(std::int64_t since, std::int64_t dead) {
  const auto begun = fmt::format(
      "select coalesce(min(at), 0) from events where at > {} and type = 'stage_started'"
      " and stage = 'limited'",
      since);
  // It must be found to be gone before it comes back.
  const auto left = fmt::format(
      "select (select count(*) from jobs where state = 'working' and claimed_by = {0})"
      " + (select count(*) from runtimes where runtime_id = {0} and ended = 0)",
      dead);
  std::int64_t first = 0;
  std::int64_t rescued = 0;
  comes_to_hold(
      [&] {
        if (known_->unfinished() < 200)
          submit(300);
        if (first == 0)
          first = known_->number(begun);
        if (rescued == 0 && known_->number(left) == 0)
          rescued = now_us();
        return first != 0 && rescued != 0;
      },
      4 * promised);
  note("no other runtime began a job", first, since, result_.first_jobs_ms);
  note("the jobs of the lost one were not rescued", rescued, since, result_.rescues_ms);
}

void cut_off::come_back(std::size_t victim, outage after) {
  auto& one = members_[victim];
  if (after == outage::stopped) {
    one.process->signal(SIGCONT);
    one.process->wait_for_error("LEASE_LOST");
    // Its log says so from now on.
    one.process->signal(SIGTERM);
    if (const auto ended = one.process->wait(); ended.code != 0)
      result_.faults.push_back(fmt::format("it ended with {}: {}", ended.code, ended.err));
  } else {
    one.process->wait();
    one.network->mend();
  }
  start(victim);
  one.process->wait_for_error("RUNTIME_READY");
}

void cut_off::end_all() {
  for (const auto& one : members_)
    one.process->signal(SIGTERM);
  for (auto& one : members_) {
    if (const auto ended = one.process->wait(); ended.code != 0)
      result_.faults.push_back(fmt::format("one ended with {}: {}", ended.code, ended.err));
    one.process.reset();
  }
}

}  // namespace millrace::killtest
