#include "actors/stage/stage_runner.hpp"

#include "actors/stage/adaptive_batch.hpp"
#include "actors/stage/batch_run.hpp"
#include "actors/stage/fair_queue.hpp"
#include "actors/stage/stage_parts.hpp"
#include "actors/status/actor_metrics.hpp"
#include "base/log.hpp"
#include "base/seeded_fault.hpp"
#include "pipeline/transitions.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace millrace::actors {
namespace {

using namespace std::chrono_literals;
using pipeline::job;

struct stage_state {
  stage_impl::pointer self = nullptr;
  store_actor store;
  poller_actor poller;
  stage_settings settings;
  std::string name = "stage";
  stage_routes routes;

  fair_queue waiting{{}};
  std::map<std::uint64_t, running_batch> running;
  std::uint64_t last_flight = 0;
  bool paused = false;
  bool draining = false;
  bool looking = false;
  batch_size batch{1, duration{0}};
  std::optional<caf::actor_clock::time_point> crowded_since;
  /// What the database did not take yet, for another session holds the jobs.
  std::vector<storage::settlement> held;
  duration wait_for_held{0};
  void take(take_jobs& msg) {
    own_intake().arrived(static_cast<int>(msg.jobs.size()));
    for (auto& one : msg.jobs)
      waiting.push(std::move(one));
    if (msg.newer_than_controls)
      paused = false;
    if (draining || paused)
      return release_waiting();
    start_batches();
  }

  void after_batch(const batch_finished& msg) {
    const auto at = running.find(msg.batch);
    if (at == running.end())
      return;  // abandoned
    auto report = at->second.what->result();
    const auto now = self->clock().now();
    const auto took = now - at->second.began;
    const auto jobs = static_cast<int>(at->second.size);
    const auto lasted = std::chrono::duration_cast<duration>(took);
    batch.learn(jobs, lasted);
    own_intake().learn(jobs, lasted, batch.get());
    settings.metrics->batch_ended(static_cast<std::int64_t>(report.jobs.size()), took, now);
    log_landed(definition().name, at->second.size, took);
    running.erase(at);
    settle(std::move(report));
    start_batches();
    if (own_intake().is_hungry())
      self->send(poller, use_room{});
  }

  void control(const apply_controls& msg) {
    const auto& plan = settings.pipelines->at(settings.pipeline);
    const auto& all = msg.controls.paused;
    paused = std::any_of(all.begin(), all.end(), [&](const storage::paused_stage& one) {
      return one.pipeline == plan.name && one.stage == definition().name;
    });
    for (const auto id : msg.controls.cancel)
      cancel(id);
    if (paused)
      release_waiting();
  }

  void stop_taking() {
    draining = true;
    release_waiting();
  }

  void release_all() {
    draining = true;
    release_waiting();
    for (auto& [id, one] : std::exchange(running, {}))
      settle(one.what->abandon(*settings.workers), pipeline::release{});
    tell_gauge();
  }

  void give_held_again() { send_settle({std::exchange(held, {})}); }

  void look() {
    looking = false;
    const auto now = self->clock().now();
    for (auto at = running.begin(); at != running.end();) {
      auto& one = at->second;
      const auto seen = one.what->in_handler();
      if (!seen || seen != one.seen) {
        one.seen = seen;
        one.seen_since = now;
      } else if (now - one.seen_since >= definition().timeout) {
        auto report = one.what->abandon(*settings.workers);
        at = running.erase(at);
        settle(std::move(report), pipeline::time_out{});
        continue;
      }
      take_what_is_ready(one, now);
      ++at;
    }
    shed(now);
    start_batches();
    look_later();
  }

 private:
  const pipeline::stage_definition& definition() const {
    return settings.pipelines->at(settings.pipeline).stages[settings.stage];
  }

  intake& own_intake() const { return intake_of(settings.stage); }
  intake& intake_of(std::size_t stage) const {
    return *settings.rooms->at(settings.pipeline)[stage];
  }

  /// Of a batch that lasts long: what has ended is written, so that a crash repeats less; what has
  /// not begun goes to calls that are free.
  void take_what_is_ready(running_batch& one, caf::actor_clock::time_point now) {
    if (one.size == 1 || now - one.began < longest_batch)
      return;
    auto ended = one.what->take_ended();
    one.jobs -= static_cast<std::int64_t>(ended.jobs.size());
    if (!ended.jobs.empty())
      settings.metrics->batch_ended(static_cast<std::int64_t>(ended.jobs.size()), now - one.began,
                                    now);
    settle(std::move(ended));
    if (!waiting.empty() || running.size() >= static_cast<std::size_t>(settings.concurrency))
      return;
    for (auto& j : one.what->recall()) {
      --one.jobs;
      --one.size;
      waiting.push(std::move(j));
    }
  }

  /// A stage that has become slower than it was gives back what it will not begin soon.
  void shed(caf::actor_clock::time_point now) {
    if (!own_intake().has_too_much())
      crowded_since.reset();
    else if (!crowded_since)
      crowded_since = now;
    own_intake().be_crowded(crowded_since && now - *crowded_since >= crowded_after);
    if (!own_intake().is_crowded())
      return;
    settle_jobs all;
    for (auto n = own_intake().held() - own_intake().enough(); n > 0 && !waiting.empty(); --n)
      all.settlements.push_back({waiting.pop_back(), pipeline::release{}, false});
    send_settle(std::move(all));
  }

  void start_batches() {
    const auto concurrency = static_cast<std::size_t>(settings.concurrency);
    while (!waiting.empty() && running.size() < concurrency) {
      // Few jobs are shared out among the free slots rather than put into one batch.
      const auto free = concurrency - running.size();
      const auto count =
          std::min((waiting.size() + free - 1) / free, static_cast<std::size_t>(batch.get()));
      auto jobs = take_batch(count);
      if (settings.tracer)
        settings.tracer->begin(jobs);
      const auto size = static_cast<std::int64_t>(jobs.size());
      auto one = std::make_shared<batch_run>(std::move(jobs), settings.handler.work,
                                             settings.time->now(), settings.progress);
      const auto id = ++last_flight;
      const auto now = self->clock().now();
      running.emplace(id, running_batch{one, now, {}, now, size, size});
      settings.workers->run([one, id, workers = settings.workers, journal = settings.journal,
                             recorder = settings.recorder, me = stage_impl{self}] {
        one->run(*workers, *journal, recorder.get());
        caf::anon_send(me, batch_finished{id});
      });
    }
    look_later();
    tell_gauge();
  }

  void tell_gauge() {
    std::int64_t at_work = 0;
    std::optional<caf::actor_clock::time_point> slowest;
    for (const auto& [unused, one] : running) {
      at_work += one.jobs;
      if (one.seen)
        slowest = std::min(slowest.value_or(one.seen_since), one.seen_since);
    }
    std::optional<caf::actor_clock::time_point> waiting_since;
    if (const auto due = waiting.due_since())
      waiting_since = self->clock().now() - (settings.time->now() - *due);
    settings.metrics->now_at_work(static_cast<std::int64_t>(waiting.size()), at_work, slowest,
                                  waiting_since);
    own_intake().holds(static_cast<int>(waiting.size()) + static_cast<int>(at_work));
  }

  /// A job that a runtime died with goes alone: if it is what kills, the others of its batch must
  /// not be charged with it.
  std::vector<job> take_batch(std::size_t count) {
    const auto is_suspect = [](const job& j) { return j.crashes > 0; };
    std::vector<job> jobs;
    jobs.reserve(count);
    do
      jobs.push_back(waiting.pop_front());
    while (jobs.size() < count && !is_suspect(jobs.back()) && !is_suspect(waiting.front()));
    return jobs;
  }

  /// Timeouts are found by looking now and then: no clock is read for each job.
  void look_later() {
    if (looking || running.empty())
      return;
    looking = true;
    const bool any_batch = std::any_of(running.begin(), running.end(),
                                       [](const auto& one) { return one.second.size > 1; });
    self->delayed_send(
        self, std::clamp<duration>(definition().timeout / 8, 1ms, any_batch ? longest_batch : 1s),
        look_at_batches{});
  }

  void cancel(pipeline::job_id id) {
    for (auto& [unused, one] : running)
      one.what->ask_to_stop(id);
    auto found = waiting.take(id);
    if (!found)
      return;
    // The store turns it into the cancellation that was asked for.
    settle_jobs one;
    one.settlements.push_back({std::move(*found), pipeline::release{}, false});
    send_settle(std::move(one));
    tell_gauge();
  }

  void release_waiting() {
    if (waiting.empty())
      return;
    settle_jobs all;
    for (auto& j : waiting.take_all())
      all.settlements.push_back({std::move(j), pipeline::release{}, false});
    send_settle(std::move(all));
    tell_gauge();
  }

  /// `cut` is what happened to the job that was in the handler of an abandoned batch; the jobs
  /// after it were never started and wait again, or are released when nothing may start.
  void settle(batch_run::report&& report, pipeline::transition_event cut = pipeline::release{}) {
    if (settings.tracer)
      settings.tracer->came_back(report);
    settle_jobs all;
    all.settlements.reserve(report.jobs.size());
    std::size_t i = 0;
    const bool carries_on = !draining && !is_next_crowded();
    for (; i < report.outcomes.size(); ++i)
      all.settlements.push_back(
          {std::move(report.jobs[i]), to_happening(std::move(report.outcomes[i])), carries_on});
    if (report.cut_short)
      all.settlements.push_back({std::move(report.jobs[i++]), std::move(cut), false});
    for (; i < report.jobs.size(); ++i) {
      if (draining)
        all.settlements.push_back({std::move(report.jobs[i]), pipeline::release{}, false});
      else
        waiting.push(std::move(report.jobs[i]));
    }
    send_settle(std::move(all));
  }

  /// Then jobs wait in the database, where other runtimes find them.
  bool is_next_crowded() const {
    const auto next = std::size_t{settings.stage} + 1;
    return next < settings.rooms->at(settings.pipeline).size() && intake_of(next).is_crowded();
  }

  void send_settle(settle_jobs&& all) {
    if (all.settlements.empty())
      return;
    self->request(store, caf::infinite, std::move(all))
        .then([this](jobs_settled& msg) { after_settle(msg); },
              // The store died; the supervisor restarts the whole core.
              [](const caf::error&) {});
  }

  void after_settle(jobs_settled& msg) {
    std::map<std::uint16_t, std::vector<job>> onward;
    give_back_credit credit;
    work_tally::totals became;
    std::vector<std::string> dead_of;
    const auto now = settings.time->now();
    for (std::size_t i = 0; i < msg.settlements.size(); ++i) {
      auto& [j, what, carry_on, unused] = msg.settlements[i];
      const auto& change = msg.results[i];
      log_settled(definition().name, j, change);
      if (settings.tracer)
        settings.tracer->settled(j, change, now);
      if (change)
        count(*change, became, dead_of);
      else
        ++became.fenced;
      if (!change || change->state != pipeline::job_state::working) {
        ++credit.jobs;
        credit.bytes += j.claimed_bytes;
        if (change && change->state == pipeline::job_state::queued)
          credit.queued.emplace(j.pipeline, change->stage);
        continue;
      }
      take_output(j, what);
      j.stage = change->stage;
      j.state = change->state;
      j.epoch = change->epoch;
      j.attempt = change->attempt;
      j.crashes = change->crashes;
      j.run_at = change->run_at;
      onward[change->stage].push_back(std::move(j));
    }
    settings.tally->add(became);
    settings.metrics->settled(became);
    if (!dead_of.empty())
      settings.tally->add_dead(settings.pipelines->at(settings.pipeline).full_name(settings.stage),
                               dead_of, self->clock().now(), now);
    for (auto& [stage, jobs] : onward) {
      intake_of(stage).sent(static_cast<int>(jobs.size()));
      self->send(routes.at(settings.pipeline).at(stage), take_jobs{std::move(jobs)});
    }
    if (credit.jobs > 0 && !MILLRACE_SEEDED_FAULT("credit kept"))
      self->send(poller, std::move(credit));
    settle_later(std::move(msg.held));
  }

  void settle_later(std::vector<storage::settlement>&& some) {
    if (some.empty())
      return;
    const bool waits = !held.empty();
    std::move(some.begin(), some.end(), std::back_inserter(held));
    if (waits)
      return;
    wait_for_held = std::clamp(wait_for_held * 2, first_wait_for_held, longest_wait_for_held);
    self->delayed_send(self, wait_for_held, settle_held{});
  }
};

stage_impl::behavior_type run_stage(measured<stage_impl, stage_state> self,
                                    std::uint32_t generation, const supervisor_actor& supervisor,
                                    const store_actor& store, const poller_actor& poller,
                                    const stage_settings& settings) {
  harden(self);
  auto& state = self->state;
  state.self = self;
  state.store = store;
  state.poller = poller;
  state.settings = settings;
  state.batch = {settings.batch, settings.batch_time};
  state.waiting = fair_queue{settings.rules};
  settings.rooms->at(settings.pipeline)[settings.stage]->begin();
  const auto& plan = settings.pipelines->at(settings.pipeline);
  state.name = "stage:" + plan.name + "." + plan.stages[settings.stage].name;
  self->send(supervisor, init_complete{state.name, generation});
  return {
      [=](const begin_work& msg) { self->state.routes = msg.routes; },
      [=](take_jobs& msg) { self->state.take(msg); },
      [=](const apply_controls& msg) { self->state.control(msg); },
      [=](drain) { self->state.stop_taking(); },
      [=](release_jobs) { self->state.release_all(); },
      [](ping) { return pong{}; },
      [=](const batch_finished& msg) { self->state.after_batch(msg); },
      [=](look_at_batches) { self->state.look(); },
      [=](settle_held) { self->state.give_held_again(); },
  };
}

}  // namespace

stage_actor spawn_stage_handler(caf::local_actor& parent, std::uint32_t generation,
                                const supervisor_actor& supervisor, const store_actor& store,
                                const poller_actor& poller, const stage_settings& settings) {
  return parent.spawn(run_stage, generation, supervisor, store, poller, settings);
}

}  // namespace millrace::actors
