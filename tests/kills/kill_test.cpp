#include "tests/kills/kill_test.hpp"

#include "ingest/stages.hpp"
#include "tests/kills/moments.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <iterator>

namespace millrace::killtest {
namespace {

using namespace std::chrono_literals;
using tests::running;
using tests::sandbox;

constexpr auto short_lease = 1000ms;

// Handlers fail for want of descriptors, memory and room, and that is not the jobs' fault: they
// have attempts and crashes enough. Those of `stubborn` have not, for they fail by themselves.
constexpr auto settings = R"(
[runtime]
lease = 1s
heartbeat = 300ms
controls_interval = 100ms
health_interval = 200ms
worker_threads = 8
in_flight = 300
crash_limit = 1000
shutdown_grace = 5s
min_free_disk = 1MB

[pipeline.work]
stages = a, b, c, d
[stage.work.a]
handler = noop
[stage.work.b]
handler = sleep:10ms
[stage.work.c]
handler = noop
[stage.work.d]
handler = sleep:1ms

[pipeline.stubborn]
stages = try
[stage.stubborn.try]
handler = fail:retry:NO_LUCK
max_attempts = 3
backoff_base = 20ms
)";

}  // namespace

kill_test::kill_test(const options& how) : how_{how}, random_{how.seed}, work_{how.seed} {
  const auto folder = in_.folder() / "database";
  if (how.small_disk)
    disk_.emplace(folder);
  std::vector<std::filesystem::path> data_dirs;
  if (how.database == "postgres") {
    // Its server runs as another user, which may pass through.
    std::filesystem::permissions(in_.folder(), std::filesystem::perms{0711});
    server_.emplace(folder);
    known_.emplace(storage::database_settings{.url = server_->url(), .schema = "killtest"});
    for (int i = 0; i < how.runtimes; ++i)
      data_dirs.push_back(in_.folder() / fmt::format("runtime{}", i));
  } else {
    known_.emplace(
        storage::database_settings{.url = "sqlite:" + (folder / "data/millrace.db").string()});
    data_dirs.push_back(folder / "data");
  }
  config_ = configure(in_, known_->settings(), folder.parent_path() / "blobs");
  REQUIRE(in_.millrace(with_config({"migrate"})).code == 0);
  runtimes_ = std::make_unique<process_group>(in_, config_, std::move(data_dirs));
}

std::string kill_test::configure(const sandbox& in, const storage::database_settings& database,
                                 const std::filesystem::path& blobs) const {
  auto text = fmt::format("[storage]\nurl = {}\nschema = {}\nblob_dir = {}\n{}", database.url,
                          database.schema, blobs.string(), settings);
  for (const auto& stage : ingest::ingest_pipeline().stages)
    text += fmt::format(
        "[stage.ingest.{}]\nmax_attempts = 1000\nbackoff_base = 20ms\n"
        "backoff_cap = 1s\n",
        stage.name);
  return in.write("killtest.ini", text);
}

std::vector<std::string> kill_test::with_config(std::vector<std::string> words) const {
  words.insert(words.end(), {"--config", config_});
  if (!server_)
    words.insert(words.end(), {"--runtime.data_dir", (in_.folder() / "database/data").string()});
  return words;
}

outcome kill_test::run() {
  for (const auto what : make_plan(how_, random_))
    round(what);
  comes_to_hold([&] { return known_->unfinished() == 0; }, 5min);
  for (int i = 0; i < runtimes_->size(); ++i)
    runtimes_->terminate(i);
  result_.stuck = known_->unfinished();
  compare_with_a_quiet_run();
  result_.kills = runtimes_->kills();
  result_.starved_ends = runtimes_->starved_ends();
  for (auto all : {runtimes_->faults(), known_->faults()})
    std::move(all.begin(), all.end(), std::back_inserter(result_.faults));
  return std::move(result_);
}

void kill_test::round(blow what) {
  ++result_.rounds;
  ++result_.blows[what];
  const auto work = work_.next();
  submit(work);
  const auto batch = start_batch(work);
  let_pass(random_.up_to(700ms));
  strike(what, batch);
  finish_batch(work, batch);
  runtimes_->restart_dead();
}

void kill_test::submit(const share& work) {
  auto files = work.documents;
  files.insert(files.begin(), "submit");
  for (const auto& words : {files, std::vector<std::string>{"submit", "--pipeline", "stubborn",
                                                            "--payload", work.stubborn}}) {
    const auto done = in_.millrace(with_config(words));
    INFO(done.err);
    REQUIRE(done.code == 0);
  }
}

running kill_test::start_batch(const share& work) const {
  return in_.start(with_config({"submit", "--pipeline", "work", "--batch", work.batch}));
}

void kill_test::finish_batch(const share& work, const running& begun) {
  auto code = begun.wait().code;
  for (int tries = 0; code != 0 && tries < 100; ++tries) {
    let_pass(50ms);
    const auto again = start_batch(work).wait();
    code = again.code;
    if (code != 0 && tries == 99)
      result_.faults.push_back("a batch could not be submitted: " + again.err);
  }
}

int kill_test::anyone() {
  return static_cast<int>(random_.below(static_cast<std::uint64_t>(runtimes_->size())));
}

void kill_test::strike(blow what, const running& submitting) {
  const int victim = anyone();
  switch (what) {
    case blow::kill:
      result_.interrupted += known_->at_work();
      runtimes_->kill(victim);
      return runtimes_->start(victim);
    case blow::kill_all:
      return kill_all(submitting);
    case blow::kill_starting:
      runtimes_->kill(victim);
      runtimes_->start(victim);
      let_pass(random_.up_to(150ms));
      runtimes_->kill(victim);
      return runtimes_->start(victim);
    case blow::pause:
      runtimes_->signal(victim, SIGSTOP);
      let_pass(short_lease + 200ms + random_.up_to(1s));
      return runtimes_->signal(victim, SIGCONT);
    case blow::terminate:
      runtimes_->terminate(victim);
      return runtimes_->start(victim);
    case blow::second_runtime:
      return runtimes_->try_a_second(victim);
    case blow::few_descriptors:
      return starve(fmt::format("ulimit -n {}", 12 + random_.below(40)));
    case blow::little_memory:
      return starve(fmt::format("ulimit -v {}", (100 + random_.below(1500)) * 1024));
    case blow::server:
      server_->stop_hard();
      let_pass(random_.up_to(1500ms));
      return server_->start();
    case blow::full_disk:
      disk_->fill();
      let_pass(300ms + random_.up_to(1200ms));
      disk_->make_room();
      if (server_)
        server_->start();
  }
}

void kill_test::kill_all(const running& submitting) {
  result_.interrupted += known_->at_work();
  if (random_.one_in(2) && !submitting.has_ended())
    submitting.signal(SIGKILL);
  for (int i = 0; i < runtimes_->size(); ++i)
    runtimes_->kill(i);
  const auto left = known_->number(
      "select count(*) from jobs where state in ('queued', 'working') and pipeline = 'work'");
  const auto last = known_->number("select coalesce(max(event_id), 0) from events");
  const auto begin = now_us();
  for (int i = 0; i < runtimes_->size(); ++i)
    runtimes_->start(i);
  if (left == 0)
    return;
  const auto passed = fmt::format(
      "select coalesce(min(at), 0) from events where event_id > {} and type = 'stage_done'", last);
  std::int64_t first = 0;
  if (!comes_to_hold([&] { return (first = known_->number(passed)) > 0; }, 60s))
    result_.faults.emplace_back("no job was worked on for a minute after a restart");
  else
    result_.first_jobs_ms.push_back(static_cast<double>(first - begin) / 1000);
}

void kill_test::starve(const std::string& limits) {
  const int victim = anyone();
  runtimes_->terminate(victim);
  runtimes_->start(victim, limits);
  let_pass(300ms + random_.up_to(700ms));
  runtimes_->kill(victim);
  runtimes_->start(victim);
}

void kill_test::compare_with_a_quiet_run() {
  const auto data_dir = (quiet_.folder() / "data").string();
  auto database = known_->settings();
  if (server_)
    database.schema = "quiet";
  else
    database.url = "sqlite:" + data_dir + "/millrace.db";
  const auto config = configure(quiet_, database, quiet_.folder() / "blobs");
  const auto say = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--config", config, "--runtime.data_dir", data_dir});
    const auto done = quiet_.millrace(words);
    INFO(done.err);
    REQUIRE(done.code == 0);
  };
  for (const auto& work : work_.so_far()) {
    auto files = work.documents;
    files.insert(files.begin(), "submit");
    say(files);
    say({"submit", "--pipeline", "stubborn", "--payload", work.stubborn});
    say({"submit", "--pipeline", "work", "--batch", work.batch});
    result_.submitted += work.batch_size + 1 + static_cast<std::int64_t>(work.documents.size());
  }
  say({"run", "--until-idle"});
  result_.there = known_->number("select count(*) from jobs");
  const auto wanted = records{database}.picture();
  const auto found = known_->picture();
  result_.lines_compared = wanted.size();
  const auto report = [&](const char* what, const std::vector<std::string>& lines) {
    if (!lines.empty())
      result_.faults.push_back(
          fmt::format("{} lines {}, for example: {}", lines.size(), what, lines.front()));
  };
  report("are missing", missing_from(wanted, found));
  report("should not be there", missing_from(found, wanted));
}

}  // namespace millrace::killtest
