#include "tests/simulation/world.hpp"

#include "storage/db/error.hpp"
#include "storage/db/migrate.hpp"
#include "tests/simulation/faulty_files.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>

namespace millrace::simulation {

using namespace std::chrono_literals;

namespace {

/// Once nothing goes wrong any more, every job ends within this time.
constexpr duration patience = 10min;
/// A runtime that is told to stop ends within its grace and what its last writes may take.
constexpr duration longest_stop = 40s;
/// The same when nothing is in its hands.
constexpr duration idle_stop = 2s;

}  // namespace

world::world(scene& in)
    : in_(in),
      fleet_(facts_of_fleet()),
      on_(in.database),
      jobs_(on_, in.pipelines, in.rules),
      judge_(on_, in.pipelines, in.calls, in.rules, fleet_),
      others_(in.folder / "millrace.db") {
  storage::migrate(on_, in_.now);
  judge_.saw = [this](const std::string& line) { in_.tell(line); };
  judge_.has_schedules = in.what.wrong_clocks;
  others_.saw = judge_.saw;
  in_.looked = &judge_;
  watch_files([this](file_operation what) {
    auto* const current = simulated_runtime::current();
    if (current != nullptr)
      return current->on_file(what);
    return what == file_operation::lock_to_write && in_.locked_until > in_.now ? SQLITE_BUSY : 0;
  });
  for (int i = 0; i < in_.what.runtimes; ++i) {
    runtimes_.push_back(std::make_unique<simulated_runtime>(in_, i));
    runtimes_.back()->start();
  }
}

fleet_facts world::facts_of_fleet() {
  const auto process_of = [this](std::int64_t identity) {
    const auto found = in_.processes.find(identity);
    return found == in_.processes.end() ? 0 : found->second;
  };
  return {
      .lease = simulated_runtime::lease,
      .is_living_other =
          [this](std::int64_t identity) {
            return std::any_of(runtimes_.begin(), runtimes_.end(), [&](const auto& one) {
              return one.get() != last_ && one->identity() == identity;
            });
          },
      .is_living = [=, this](auto identity) { return in_.living.contains(process_of(identity)); },
      .died_at = [=, this](auto identity) -> std::optional<time_point> {
        const auto found = in_.deaths.find(process_of(identity));
        return found == in_.deaths.end() ? std::nullopt : std::optional{found->second};
      },
      .watching_since =
          [this] {
            std::vector<time_point> all;
            for (const auto& one : runtimes_)
              if (const auto since = one->watching_since())
                all.push_back(*since);
            return all;
          }};
}

world::~world() {
  runtimes_.clear();
  watch_files({});
}

void world::run() {
  const auto begin = in_.now;
  for (const auto& one : in_.what.steps) {
    pass_until(begin + one.at);
    perform(one);
    look();
  }
  pass_until(in_.now + 1s);
  calm_down();
  require_all_ended();
  if (in_.what.foreign_rows)
    require_no_row_stuck();
  require_all_stop();
  look();
  judge_.compare_all();
}

void world::pass_until(time_point end) {
  while (do_one(end)) {
  }
  in_.now = end;
}

template <class Condition>
bool world::pass_while(Condition holds, duration limit) {
  const auto end = in_.now + limit;
  while (holds())
    if (!do_one(end))
      return false;
  return true;
}

/// Does one thing of what can happen now, or else lets the time pass until the next; false when
/// there is nothing until the end.
bool world::do_one(time_point end) {
  std::vector<simulated_runtime*> ready;
  simulated_runtime* next = nullptr;
  time_point due = end;
  for (const auto& one : runtimes_) {
    if (one->has_message())
      ready.push_back(one.get());
    if (const auto at = one->next_due(); at && *at <= in_.now)
      ready.push_back(one.get());
    else if (at && *at < due) {
      due = *at;
      next = one.get();
    }
  }
  if (ready.empty()) {
    if (next == nullptr)
      return false;
    in_.now = due;
    judge_.time_passed(in_.now);
    return true;
  }
  auto& runtime = *ready[in_.random.below(ready.size())];
  const auto at = runtime.next_due();
  const bool is_due = at && *at <= in_.now;
  if (runtime.has_message() && (!is_due || in_.random.one_in(2)))
    runtime.handle_message();
  else
    runtime.do_due();
  after(runtime);
  return true;
}

void world::after(simulated_runtime& runtime) {
  last_ = &runtime;
  // What it wrote before it died counts as written before.
  look();
  const bool was_up = runtime.is_up();
  runtime.clean_up();
  if (was_up && !runtime.is_up())
    judge_.runtime_died();
  look();
  last_ = nullptr;
  if (in_.handled > 3'000'000)
    throw violation{"it comes to rest", "three million messages were handled"};
  const auto since = runtime.stopping_since();
  if (since && in_.now > *since + longest_stop)
    throw violation{"a stop ends", fmt::format("runtime {} does not", runtime.number())};
}

void world::look() {
  if (in_.found)
    throw violation{*in_.found};
  if (!std::exchange(in_.is_written, false))
    return;
  judge_.look(in_.now);
}

void world::perform(const step& one) {
  in_.tell(fmt::format("{} {}", to_us(in_.now), to_string(one.kind)));
  try {
    use(one);
    use_seam(one);
  } catch (const storage::error& refused) {
    // Another runtime writes just now.
    in_.tell(refused.what());
  }
  harm(one);
  in_.is_written = true;
}

void world::use(const step& one) {
  const auto& in =
      in_.pipelines.at(static_cast<std::uint16_t>(one.a % in_.pipelines.pipelines().size()));
  // One beyond the stages stands for all of them.
  const auto which = one.b % (in.stages.size() + 1);
  const std::string stage{which < in.stages.size() ? std::string_view{in.stages[which].name}
                                                   : storage::every_stage};
  const auto id = ids_.empty() ? 0 : ids_[one.a % ids_.size()];
  switch (one.kind) {
    case step_kind::submit:
      return submit(one);
    case step_kind::cancel:
      jobs_.control.cancel(id, "somebody", in_.now);
      return;
    case step_kind::retry:
      jobs_.control.retry(id, "somebody", in_.now);
      return;
    case step_kind::replay:
      if (const auto found = judge_.jobs().find(id); found != judge_.jobs().end()) {
        const auto& stages = in_.pipelines.at(found->second.pipeline).stages;
        jobs_.control.replay(id, stages[one.b % stages.size()].name, "somebody", in_.now);
      }
      return;
    case step_kind::pause:
      return jobs_.control.pause(in.name, stage, "somebody", in_.now);
    case step_kind::resume:
      return jobs_.control.resume(in.name, stage, "somebody", in_.now);
    default:
      return;
  }
}

void world::submit(const step& one) {
  std::vector<storage::new_job> some;
  const auto count = 1 + one.a % 6;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto any = mix(one.b + i);
    storage::new_job job;
    job.pipeline = static_cast<std::uint16_t>(any % in_.pipelines.pipelines().size());
    job.priority = static_cast<int>((any >> 8) % 3);
    if ((any >> 16) % 4 == 0)
      job.run_at = in_.now + duration{static_cast<std::int64_t>((any >> 20) % 3'000'000)};
    if (in_.what.limited && (any >> 24) % 4 != 0)
      job.tenant = std::string(1, static_cast<char>('a' + (any >> 26) % 3));
    if (in_.what.limited && (any >> 32) % 3 == 0)
      job.concurrency_key = std::string(1, static_cast<char>('k' + (any >> 36) % 3));
    job.correlation_id = fmt::format("{:x}", any);
    if ((any >> 12) % 2 == 0)
      job.payload = fmt::format("{{\"job\": {}}}", any % 1000);
    some.push_back(job);
  }
  if (!in_.what.limited)
    return expect(some, jobs_.submitter.enqueue(some, in_.now));
  const auto answer = jobs_.submitter.submit(some, in_.now);
  const auto* made = std::get_if<std::vector<storage::submitted_job>>(&answer);
  judge_.on_submission(some, made != nullptr);
  if (made == nullptr)
    return in_.tell("full");
  std::vector<pipeline::job_id> ids;
  for (const auto& job : *made)
    ids.push_back(job.id);
  expect(some, ids);
}

void world::expect(const std::vector<storage::new_job>& some,
                   const std::vector<pipeline::job_id>& ids) {
  for (std::size_t i = 0; i < ids.size(); ++i)
    judge_.expect(ids[i], some[i], in_.now);
  ids_.insert(ids_.end(), ids.begin(), ids.end());
}

void world::harm(const step& one) {
  auto& victim = pick(one.a);
  switch (one.kind) {
    case step_kind::wake:
      victim.wake();
      break;
    case step_kind::kill_now:
      victim.kill();
      break;
    case step_kind::kill_at_file_operation:
      victim.kill_at_file_operation(1 + one.b % 60);
      break;
    case step_kind::kill_after_write:
      victim.kill_after_write(1 + one.b % 6);
      break;
    case step_kind::kill_in_handler:
      victim.kill_in_handler();
      break;
    case step_kind::kill_at_message:
      victim.kill_at_message(1 + one.b % 60);
      break;
    case step_kind::stop:
      victim.stop();
      break;
    case step_kind::freeze:
      victim.freeze(duration{static_cast<std::int64_t>(one.b % 12'000'000)});
      break;
    case step_kind::crash_actor:
      victim.crash(one.b);
      break;
    case step_kind::set_clock:
      victim.set_clock(duration{static_cast<std::int64_t>(one.b % 20'000'000)} - 10s);
      clocks_were_set();
      break;
    case step_kind::database_busy:
    case step_kind::disk_full:
    case step_kind::disk_fails:
    case step_kind::slow_disk:
      in_.disturbed_until = std::max(
          in_.disturbed_until, in_.now + duration{static_cast<std::int64_t>(one.c % 3'000'000)});
      in_.faults.push_back({one.kind,
                            one.b % 2 == 0 ? std::nullopt : std::optional{victim.number()},
                            in_.now + duration{static_cast<std::int64_t>(one.c % 3'000'000)}});
      break;
    case step_kind::die_in_transaction:
      victim.fail_in_transaction(1 + one.b % 8, std::nullopt);
      break;
    case step_kind::freeze_in_transaction:
      victim.fail_in_transaction(1 + one.b % 8,
                                 duration{static_cast<std::int64_t>(one.c % 12'000'000)});
      break;
    default:
      return;
  }
  after(victim);
}

void world::calm_down() {
  in_.tell("calm");
  in_.is_calm = true;
  in_.faults.clear();
  in_.locked_until = {};
  for (const auto& one : runtimes_)
    one->calm_down();
  clocks_were_set();
  // What is under way on a slow disk ends, and a runtime that stood still within a write goes on.
  pass_until(in_.now + 1s);
  pass_while(is_write_locked, 30s);
  const auto now = in_.now;
  for (const auto& pipeline : in_.pipelines.pipelines()) {
    jobs_.control.resume(pipeline.name, std::string{storage::every_stage}, "somebody", now);
    for (const auto& stage : pipeline.stages)
      jobs_.control.resume(pipeline.name, stage.name, "somebody", now);
  }
  judge_.begin_calm();
  in_.is_written = true;
  look();
}

void world::clocks_were_set() {
  duration least{0};
  duration most{0};
  for (const auto& one : runtimes_) {
    least = std::min(least, one->clock_offset());
    most = std::max(most, one->clock_offset());
  }
  judge_.clocks_were_set(most - least <= 5s);
}

bool world::all_ended() const {
  // A clock that went wrong puts a job off for as long as it was wrong.
  const auto waits = [&](const expected_job& j) {
    return in_.what.wrong_clocks && j.state != pipeline::job_state::working && j.run_at > in_.now;
  };
  return std::all_of(judge_.jobs().begin(), judge_.jobs().end(), [&](const auto& one) {
    return has_ended(one.second.state) || waits(one.second);
  });
}

void world::require_all_ended() {
  if (pass_while([&] { return !all_ended(); }, patience))
    return;
  std::string left;
  for (const auto& [id, j] : judge_.jobs())
    if (!has_ended(j.state))
      left += fmt::format(" job {} is {} at stage {}, epoch {}, run_at in {} us;", id,
                          to_string(j.state), j.stage, j.epoch, (j.run_at - in_.now).count());
  throw violation{"a job that can run does run", left};
}

void world::require_all_stop() {
  pass_until(in_.now + 15s);
  for (const auto& one : runtimes_) {
    one->retire();
    one->stop();
  }
  const auto any_up = [&] {
    return std::any_of(runtimes_.begin(), runtimes_.end(),
                       [](const auto& one) { return one->is_up(); });
  };
  if (!pass_while(any_up, idle_stop))
    throw violation{"credit is all back when nothing is in hand",
                    "an idle runtime waits for jobs before it stops"};
}

}  // namespace millrace::simulation
