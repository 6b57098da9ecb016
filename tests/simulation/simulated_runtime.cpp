#include "tests/simulation/simulated_runtime.hpp"

#include "actors/runtime/writer_factory.hpp"
#include "storage/runtimes/data_dir.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace millrace::simulation {

using namespace std::chrono_literals;

namespace {

std::vector<storage::schedule> any_schedules(const plan& of) {
  if (!of.wrong_clocks)
    return {};
  using storage::missed_runs;
  return {{.name = "minutes", .due = cron{"* * * * *"}, .missed = missed_runs::once},
          {.name = "hours", .due = cron{"0 * * * *"}, .missed = missed_runs::each},
          {.name = "quarters", .due = cron{"*/15 * * * *"}, .missed = missed_runs::never}};
}

}  // namespace

class simulated_runtime::clock_of final : public millrace::clock {
 public:
  explicit clock_of(const simulated_runtime& whose) : whose_(whose) {}
  time_point now() const override { return whose_.now(); }
  duration monotonic() const override { return whose_.in_.now - start_; }

 private:
  static constexpr time_point start_{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
  const simulated_runtime& whose_;
};

/// Threads of the runtime: tasks run when the simulation says so.
class simulated_runtime::work_queue final : public executor {
 public:
  work_queue(simulated_runtime& whose, bool is_lane) : whose_(whose), is_lane_(is_lane) {}
  void run(std::function<void()> task) override;
  std::shared_ptr<executor> beside(unsigned) override {
    return std::make_shared<work_queue>(whose_, is_lane_);
  }

 private:
  simulated_runtime& whose_;
  const bool is_lane_;
};

/// A process.
struct simulated_runtime::life {
  std::shared_ptr<storage::crash_journal> journal;
  std::shared_ptr<storage::running_jobs_table> recorder;
  std::shared_ptr<actors::runtime_status> status = std::make_shared<actors::runtime_status>();
  std::shared_ptr<work_queue> lane;
  std::shared_ptr<work_queue> workers;
  actors::runtime_settings settings;
  std::unique_ptr<actors::runtime_parts> parts;
  std::unique_ptr<pipeline::fleet_clock> time;
  std::unique_ptr<actors::writer_factory> writers;
  std::list<activity> activities;
  std::list<activity>::iterator running;
  /// One thread: a task waits for the one before it.
  std::deque<std::function<void()>> lane_tasks;
  bool is_lane_busy = false;
  time_point caught_up;
  std::unique_ptr<tests::virtual_tree> tree;
};

void simulated_runtime::work_queue::run(std::function<void()> task) {
  if (whose_.is_dead_ || !whose_.life_)
    return;
  if (is_lane_) {
    whose_.life_->lane_tasks.push_back(std::move(task));
    return whose_.start_lane_task();
  }
  whose_.life_->activities.push_back(
      {std::make_unique<fiber>(std::move(task)), whose_.in_.now, false});
}

simulated_runtime::simulated_runtime(scene& in, int number)
    : in_(in),
      number_(number),
      dir_(in.folder / fmt::format("runtime{}", number)),
      clock_(std::make_unique<clock_of>(*this)) {
  storage::make_data_dir(dir_);
  if (!in.what.wrong_clocks)
    return;
  random_source random{mix(in.what.seed * 31 + static_cast<std::uint64_t>(number))};
  offset_ = any_step(random.next());
  drift_ppm_ = static_cast<std::int64_t>(random.below(20'001)) - 10'000;
}

time_point simulated_runtime::now() const {
  constexpr time_point begin{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
  return in_.now + offset_ + (in_.now - begin) * drift_ppm_ / 1'000'000;
}

simulated_runtime::~simulated_runtime() {
  if (life_) {
    die();
    reap();
  }
}

template <class Work>
void simulated_runtime::as_current(Work work) {
  auto* const before = std::exchange(current_, this);
  work();
  current_ = before;
}

std::optional<std::int64_t> simulated_runtime::identity() const {
  const auto key = life_ ? life_->status->identity() : std::nullopt;
  return key ? std::optional{key->id} : std::nullopt;
}

/// Another pid for each life; the machine is the same for all. A shared database has a server,
/// whose clock is right.
storage::process simulated_runtime::process_of_life() {
  const auto pid = in_.next_pid++;
  in_.living.insert(pid_ = pid);
  const auto server_time = [this](storage::connection&) {
    return in_.what.shared ? std::optional{in_.now} : std::nullopt;
  };
  return {.name = {.host = "simulated", .boot = "one", .pid = pid},
          .draw_identity =
              [this] { return static_cast<storage::runtime_id>(in_.random.next() >> 11 | 1U); },
          .is_gone = [this](std::int64_t one) { return !in_.living.contains(one); },
          .server_time = server_time};
}

/// As actors::run() does it.
void simulated_runtime::start() {
  restart_at_.reset();
  is_dead_ = false;
  const auto kept = dir_ / "kept.journal";
  if (std::filesystem::exists(kept))
    std::filesystem::rename(kept, dir_ / "in_hand.journal");
  life_ = std::make_unique<life>();
  auto& l = *life_;
  l.caught_up = in_.now;
  l.journal = std::make_shared<storage::crash_journal>(dir_);
  if (in_.what.shared)
    l.recorder = std::make_shared<storage::running_jobs_table>(in_.database);
  l.lane = std::make_shared<work_queue>(*this, true);
  l.workers = std::make_shared<work_queue>(*this, false);
  auto& s = l.settings;
  s.database = in_.database;
  s.data_dir = dir_;
  s.version = "simulated";
  s.in_flight = 6;
  s.claim_batch = 4;
  s.crash_limit = in_.rules.crash_limit;
  s.tenants = in_.rules.tenants;
  s.other_tenants = in_.rules.other_tenants;
  s.lease = lease;
  s.heartbeat = 1500ms;
  s.shutdown_grace = 3s;
  s.poll_interval_max = 2s;
  s.min_free_disk = 0;
  // No claim of these is long: others would be all the simulation sees.
  s.sweeps = {.apart = 1s};
  s.process = process_of_life();
  l.time = std::make_unique<pipeline::fleet_clock>(*clock_);
  pipeline::registry handlers;
  handlers.add("any", [this](const pipeline::job& job, const pipeline::context& context) {
    return handle(job, context);
  });
  l.parts = std::make_unique<actors::runtime_parts>(
      actors::runtime_parts{.pipelines = in_.pipelines,
                            .handlers = std::move(handlers),
                            .schedules = any_schedules(in_.what)});
  l.tree = std::make_unique<tests::virtual_tree>();
  l.writers = std::make_unique<actors::writer_factory>(s, *l.parts, *l.time, l.journal, l.recorder,
                                                       l.status);
  const auto make_connections = [this] {
    return std::vector<actors::write_connection>{{life_->writers->make(), life_->lane}};
  };
  as_current([&] {
    l.tree->spawn({.time = l.time.get(),
                   .workers = l.workers,
                   .worker_count = 2,
                   .journal = l.journal,
                   .recorder = l.recorder,
                   .make_connections = make_connections,
                   .status = l.status},
                  s, *l.parts);
  });
  in_.tell(fmt::format("{} runtime {} starts", to_us(in_.now), number_));
}

bool simulated_runtime::has_message() const {
  return life_ && !is_frozen() && life_->tree->scheduler().has_job();
}

void simulated_runtime::handle_message() {
  auto& jobs = life_->tree->scheduler().jobs;
  // Messages to one actor keep their order; among actors there is none.
  std::swap(jobs.front(), jobs[in_.random.below(jobs.size())]);
  as_current([&] { life_->tree->scheduler().run_once(); });
  ++in_.handled;
  if (at_message_ > 0 && --at_message_ == 0)
    die();
}

std::optional<time_point> simulated_runtime::next_due() const {
  if (!life_)
    return restart_at_;
  std::optional<time_point> next;
  if (session_ends_ && !is_dead_)
    return std::min(*session_ends_, std::max(frozen_until_, in_.now));
  const auto consider = [&](time_point due) { next = std::min(next.value_or(due), due); };
  for (const auto& one : life_->activities)
    consider(one.due);
  const auto& clock = life_->tree->scheduler().clock();
  if (!clock.schedule().empty())
    consider(life_->caught_up +
             std::chrono::ceil<duration>(clock.schedule().begin()->first - clock.now()));
  if (next && is_frozen())
    next = std::max(*next, frozen_until_);
  return next;
}

void simulated_runtime::do_due() {
  if (!life_)
    return start();
  if (session_ends_ && in_.now >= *session_ends_)
    return end_session();
  session_ends_.reset();
  catch_up();
  std::vector<std::list<activity>::iterator> due;
  for (auto at = life_->activities.begin(); at != life_->activities.end(); ++at)
    if (at->due <= in_.now)
      due.push_back(at);
  if (!due.empty())
    go_on(due[in_.random.below(due.size())]);
}

void simulated_runtime::catch_up() {
  auto& scheduler = life_->tree->scheduler();
  const auto passed = in_.now - life_->caught_up;
  life_->caught_up = in_.now;
  as_current([&] { scheduler.advance_time(passed); });
}

void simulated_runtime::start_lane_task() {
  if (life_->is_lane_busy || life_->lane_tasks.empty())
    return;
  life_->is_lane_busy = true;
  const auto wait = in_.random.one_in(3) ? in_.random.up_to(3ms) : duration{0};
  life_->activities.push_back(
      {std::make_unique<fiber>(std::move(life_->lane_tasks.front())), in_.now + wait, true});
  life_->lane_tasks.pop_front();
}

void simulated_runtime::go_on(std::list<activity>::iterator at) {
  life_->running = at;
  as_current([&] { at->run->resume(); });
  if (!at->run->has_ended())
    return;
  const bool was_lane = at->is_lane;
  life_->activities.erase(at);
  if (!was_lane)
    return;
  life_->is_lane_busy = false;
  if (!is_dead_ && after_write_ > 0 && --after_write_ == 0)
    die();
  else if (!is_dead_)
    start_lane_task();
}

void simulated_runtime::sleep(duration time) {
  life_->running->due = in_.now + time;
  fiber::park();
}

void simulated_runtime::die() {
  if (is_dead_ || !life_)
    return;
  is_dead_ = true;
  in_.living.erase(pid_);
  in_.deaths[pid_] = in_.now;
  in_.tell(fmt::format("{} runtime {} dies", to_us(in_.now), number_));
  // What it does while it is taken apart must not change what it leaves.
  std::filesystem::copy_file(dir_ / "in_hand.journal", dir_ / "kept.journal",
                             std::filesystem::copy_options::overwrite_existing);
}

void simulated_runtime::kill() { die(); }

void simulated_runtime::clean_up() {
  if (!life_)
    return;
  watch_identity();
  if (!is_dead_ && !life_->tree->has_ended())
    return;
  if (is_dead_) {
    blame();
  } else {
    const auto& failure = life_->tree->report().failure;
    in_.tell(fmt::format("{} runtime {} ends {}", to_us(in_.now), number_, failure));
    if (in_.is_calm && !stopping_since_ && !in_.found)
      in_.found = {"nothing in the database ends a runtime", failure};
    const auto sign_off = [&] {
      try {
        if (life_->writers->last() && !life_->is_lane_busy)
          life_->writers->last()->close();
      } catch (const storage::error&) {
        // Then the lease runs out by itself.
      }
    };
    as_current(sign_off);
    die();
  }
  reap();
  stopping_since_.reset();
  at_file_operation_ = after_write_ = at_message_ = at_locked_operation_ = 0;
  in_next_handler_ = false;
  if (!is_retired_)
    restart_at_ =
        in_.now + (in_.random.one_in(2) ? 10ms + in_.random.up_to(300ms) : in_.random.up_to(9s));
}

/// Lets everything that is left of the process run into the void.
void simulated_runtime::reap() {
  const auto all = [&] {
    while (!life_->activities.empty()) {
      const auto at = life_->activities.begin();
      life_->running = at;
      at->run->resume();
      if (at->run->has_ended())
        life_->activities.erase(at);
    }
    life_->tree.reset();
    life_.reset();
  };
  session_ends_.reset();
  as_current(all);
  is_writing_ = has_ended_session_ = false;
  last_identity_.reset();
  in_handler_.clear();
  frozen_until_ = {};
}

void simulated_runtime::stop() {
  if (!life_)
    return;
  if (!stopping_since_)
    stopping_since_ = in_.now;
  as_current([&] { life_->tree->stop(); });
}

void simulated_runtime::wake() {
  if (!life_ || is_frozen())
    return;
  as_current([&] {
    if (const auto poller = life_->tree->find("poller"))
      caf::anon_send(caf::actor_cast<actors::poller_actor>(poller), actors::look_for_jobs{});
  });
}

void simulated_runtime::crash(std::uint64_t which) {
  if (!life_ || is_frozen())
    return;
  disturbed_until_ = std::max(disturbed_until_, in_.now + 1s);
  as_current([&] {
    const auto all = life_->tree->components().alive;
    if (!all.empty())
      life_->tree->crash(all[which % all.size()].handle);
  });
}

void simulated_runtime::calm_down() {
  offset_ = duration{0};
  drift_ppm_ = 0;
  frozen_until_ = {};
  at_file_operation_ = after_write_ = at_message_ = at_locked_operation_ = 0;
  // Where it stands still it goes on.
  if (life_ && session_ends_)
    for (auto& one : life_->activities)
      one.due = in_.now;
  in_next_handler_ = false;
}

}  // namespace millrace::simulation
