#include "tests/simulation/simulated_runtime.hpp"

#include "actors/writer_factory.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace millrace::simulation {

using namespace std::chrono_literals;

class simulated_runtime::clock_of final : public pipeline::clock {
 public:
  explicit clock_of(const simulated_runtime& whose) : whose_(whose) {}
  pipeline::time_point now() const override { return whose_.now(); }

 private:
  const simulated_runtime& whose_;
};

/// Threads of the runtime: tasks run when the simulation says so.
class simulated_runtime::work_queue final : public actors::executor {
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
  std::shared_ptr<storage::hand_journal> hands;
  std::shared_ptr<storage::flight_recorder> recorder;
  std::shared_ptr<actors::roster> board = std::make_shared<actors::roster>();
  std::shared_ptr<work_queue> lane;
  std::shared_ptr<work_queue> workers;
  actors::runtime_settings settings;
  std::unique_ptr<actors::runtime_parts> parts;
  std::unique_ptr<actors::writer_factory> writers;
  std::list<activity> activities;
  std::list<activity>::iterator running;
  /// One thread: a task waits for the one before it.
  std::deque<std::function<void()>> lane_tasks;
  bool is_lane_busy = false;
  pipeline::time_point caught_up;
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
}

simulated_runtime::~simulated_runtime() {
  if (life_) {
    die();
    bury();
  }
}

template <class Work>
void simulated_runtime::as_current(Work work) {
  auto* const before = std::exchange(current_, this);
  work();
  current_ = before;
}

std::optional<std::int64_t> simulated_runtime::identity() const {
  const auto key = life_ ? life_->board->identity() : std::nullopt;
  return key ? std::optional{key->id} : std::nullopt;
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
  l.hands = std::make_shared<storage::hand_journal>(dir_);
  if (in_.what.shared)
    l.recorder = std::make_shared<storage::flight_recorder>(in_.database);
  l.lane = std::make_shared<work_queue>(*this, true);
  l.workers = std::make_shared<work_queue>(*this, false);
  auto& s = l.settings;
  s.database = in_.database;
  s.data_dir = dir_;
  s.version = "simulated";
  s.in_flight = 6;
  s.claim_batch = 4;
  s.lease = 5s;
  s.heartbeat = 1500ms;
  s.shutdown_grace = 3s;
  s.poll_interval_max = 2s;
  s.min_free_disk = 0;
  pipeline::registry handlers;
  handlers.add("any", [this](const pipeline::job& job, const pipeline::context& context) {
    return handle(job, context);
  });
  l.parts = std::make_unique<actors::runtime_parts>(
      actors::runtime_parts{.pipelines = in_.pipelines,
                            .handlers = std::move(handlers),
                            .services = std::make_shared<pipeline::ingest::service_directory>()});
  l.tree = std::make_unique<tests::virtual_tree>();
  l.writers =
      std::make_unique<actors::writer_factory>(s, *l.parts, *clock_, l.hands, l.recorder, l.board);
  const auto make_lanes = [this] {
    return std::vector<actors::store_lane>{{life_->writers->make(), life_->lane}};
  };
  as_current([&] {
    l.tree->spawn({.time = clock_.get(),
                   .workers = l.workers,
                   .worker_count = 2,
                   .hands = l.hands,
                   .recorder = l.recorder,
                   .make_lanes = make_lanes,
                   .board = l.board},
                  s, *l.parts);
  });
  in_.tell(fmt::format("{} runtime {} starts", pipeline::to_us(in_.now), number_));
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

std::optional<pipeline::time_point> simulated_runtime::next_due() const {
  if (!life_)
    return restart_at_;
  std::optional<pipeline::time_point> next;
  const auto consider = [&](pipeline::time_point due) { next = std::min(next.value_or(due), due); };
  for (const auto& one : life_->activities)
    consider(one.due);
  const auto& clock = life_->tree->scheduler().clock();
  if (!clock.schedule().empty())
    consider(life_->caught_up +
             std::chrono::ceil<pipeline::duration>(clock.schedule().begin()->first - clock.now()));
  if (next && is_frozen())
    next = std::max(*next, frozen_until_);
  return next;
}

void simulated_runtime::do_due() {
  if (!life_)
    return start();
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
  const auto wait = in_.random.one_in(3) ? in_.random.up_to(3ms) : pipeline::duration{0};
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

void simulated_runtime::sleep(pipeline::duration time) {
  life_->running->due = in_.now + time;
  fiber::park();
}

void simulated_runtime::die() {
  if (is_dead_ || !life_)
    return;
  is_dead_ = true;
  in_.tell(fmt::format("{} runtime {} dies", pipeline::to_us(in_.now), number_));
  // What it does while it is taken apart must not change what it leaves.
  std::filesystem::copy_file(dir_ / "in_hand.journal", dir_ / "kept.journal",
                             std::filesystem::copy_options::overwrite_existing);
}

void simulated_runtime::kill() { die(); }

void simulated_runtime::clean_up() {
  if (!life_ || (!is_dead_ && !life_->tree->has_ended()))
    return;
  if (is_dead_) {
    blame();
  } else {
    in_.tell(fmt::format("{} runtime {} ends {}", pipeline::to_us(in_.now), number_,
                         life_->tree->report().failure));
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
  bury();
  stopping_since_.reset();
  at_file_operation_ = after_write_ = at_message_ = 0;
  in_next_handler_ = false;
  if (!is_retired_)
    restart_at_ =
        in_.now + (in_.random.one_in(2) ? 10ms + in_.random.up_to(300ms) : in_.random.up_to(9s));
}

/// Lets everything that is left of the process run into the void.
void simulated_runtime::bury() {
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
  as_current(all);
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

void simulated_runtime::freeze(pipeline::duration time) {
  if (!life_)
    return;
  frozen_until_ = in_.now + time;
  if (stopping_since_)
    stopping_since_ = frozen_until_;
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
  as_current([&] {
    const auto all = life_->tree->components().alive;
    if (!all.empty())
      life_->tree->crash(all[which % all.size()].handle);
  });
}

void simulated_runtime::calm_down() {
  offset_ = pipeline::duration{0};
  frozen_until_ = {};
  at_file_operation_ = after_write_ = at_message_ = 0;
  in_next_handler_ = false;
}

int simulated_runtime::on_file(file_operation what) {
  if (is_dead_)
    return SQLITE_IOERR;
  if (what == file_operation::write)
    in_.is_written = true;
  if (at_file_operation_ > 0 && --at_file_operation_ == 0) {
    die();
    return SQLITE_IOERR;
  }
  // While it sleeps others may come, and all may go.
  for (std::size_t i = 0; i < in_.faults.size(); ++i) {
    const auto fault = in_.faults[i];
    if (fault.until <= in_.now || (fault.runtime && *fault.runtime != number_))
      continue;
    if (fault.what == step_kind::database_busy && what == file_operation::lock_to_write &&
        in_.random.one_in(2))
      return SQLITE_BUSY;
    if (fault.what == step_kind::disk_full && what == file_operation::write &&
        !in_.random.one_in(4))
      return SQLITE_FULL;
    if (fault.what == step_kind::disk_fails && in_.random.one_in(5))
      return what == file_operation::read    ? SQLITE_IOERR_READ
             : what == file_operation::write ? SQLITE_IOERR_WRITE
             : what == file_operation::sync  ? SQLITE_IOERR_FSYNC
                                             : SQLITE_IOERR_SHMLOCK;
    const bool changes = what == file_operation::write || what == file_operation::sync;
    if (fault.what == step_kind::slow_disk && changes && fiber::running() != nullptr &&
        in_.random.one_in(3)) {
      sleep(in_.random.up_to(200ms));
      if (is_dead_)
        return SQLITE_IOERR;
    }
  }
  return SQLITE_OK;
}

}  // namespace millrace::simulation
