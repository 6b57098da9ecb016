#include "actors/store/store_actor.hpp"

#include "actors/maintenance/retention_pacing.hpp"
#include "actors/status/actor_metrics.hpp"
#include "actors/store/flush.hpp"
#include "actors/store/held_jobs.hpp"
#include "actors/store/lock_trouble.hpp"
#include "base/log.hpp"
#include "base/seeded_fault.hpp"
#include "storage/db/translate_errors.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace millrace::actors {
namespace {

using namespace std::chrono_literals;

struct opened {
  using local_message = void;
  std::optional<storage::error> failure;
};
struct written {
  using local_message = void;
  std::size_t lane = 0;
  std::shared_ptr<flush> what;
};
struct try_again {
  using local_message = void;
  std::size_t lane = 0;
};
struct heartbeat {
  using local_message = void;
};
struct clean_up {
  using local_message = void;
};
struct keep_schedules {
  using local_message = void;
};

/// A schedule is looked at that often although none is due: the clock may be set.
constexpr auto longest_wait_for_schedules = 1min;

using store_impl = with_private<store_actor, caf::result<void>(opened), caf::result<void>(written),
                                caf::result<void>(try_again), caf::result<void>(heartbeat),
                                caf::result<void>(clean_up), caf::result<void>(keep_schedules)>;

struct store_state {
  static inline const char* name = "store";

  store_impl::pointer self = nullptr;
  supervisor_actor supervisor;
  std::uint32_t generation = 0;
  store_settings settings;

  bool ready = false;
  /// Any write that succeeds will do.
  bool confirming = false;
  std::vector<busy_connection> lanes;
  std::shared_ptr<flush> gathering = std::make_shared<flush>();
  retention_pacing cleaning;
  held_jobs held;
  /// A job was claimed that is held already.
  bool has_lost_commits = false;
  lock_trouble locks;

  void open() {
    std::vector<std::shared_ptr<writer>> all;
    for (const auto& one : lanes)
      all.push_back(one.lane.out);
    lanes.front().lane.thread->run([all = std::move(all), me = store_impl{self}] {
      opened answer;
      try {
        all.front()->open();
        for (std::size_t i = 1; i < all.size(); ++i)
          all[i]->open_to_settle();
      } catch (...) {
        answer.failure = storage::current_error("cannot open the database");
      }
      caf::anon_send(me, std::move(answer));
    });
  }

  void after_open(const opened& msg) {
    if (msg.failure && !may_pass(*msg.failure)) {
      self->send(supervisor, init_failed{"store", msg.failure->what()});
      return;
    }
    if (msg.failure)
      return try_later(0, *msg.failure);
    recovered(lanes.front());
    ready = true;
    self->delayed_send(self, settings.heartbeat, heartbeat{});
    if (settings.clean_up_interval.count() > 0)
      self->delayed_send(self, settings.clean_up_interval, clean_up{});
    if (settings.keeps_schedules)
      self->send(self, keep_schedules{});
    self->send(supervisor, init_complete{"store", generation});
    write_gathered();
  }

  caf::result<jobs_settled> settle(settle_jobs& msg) {
    auto reply = self->make_response_promise<jobs_settled>();
    gathering->settles.emplace_back(reply, msg.settlements.size());
    auto& all = gathering->request.settlements;
    if (all.empty())
      all = std::move(msg.settlements);
    else
      std::move(msg.settlements.begin(), msg.settlements.end(), std::back_inserter(all));
    write_gathered();
    return reply;
  }

  caf::result<jobs_claimed> claim(const claim_jobs& msg) {
    auto& request = gathering->request;
    request.claim_only_if_changed =
        msg.only_if_changed && (request.claim == 0 || request.claim_only_if_changed);
    request.claim += msg.limit;
    request.rooms = msg.rooms;
    request.bytes = msg.bytes;
    return gather(gathering->claims);
  }

  caf::result<controls_read> read(read_controls) {
    gathering->request.duties.add(look_around);
    return gather(gathering->controls);
  }

  caf::result<database_probed> probe(probe_database) {
    // While the database is in trouble a probe must not wait for it to end.
    for (const auto& one : lanes)
      if (!one.trouble.empty())
        return database_probed{.trouble = one.trouble};
    gathering->request.duties.add(duty::probe);
    return gather(gathering->probes);
  }

  void confirm() {
    gathering->is_confirmation = true;
    confirming = true;
    write_gathered();
  }

  void renew_lease() {
    gathering->request.duties.add(duty::lease);
    self->delayed_send(self, settings.heartbeat, heartbeat{});
    write_gathered();
  }

  void delete_what_is_old() {
    gathering->request.duties.add(duty::clean_up);
    write_gathered();
  }

  void make_what_is_due() {
    gathering->request.duties.add(duty::schedules);
    write_gathered();
  }

  void after_schedules(const write_result& result) {
    const auto wait = result.next_schedule.value_or(longest_wait_for_schedules);
    self->delayed_send(self, std::clamp<duration>(wait, 1ms, longest_wait_for_schedules),
                       keep_schedules{});
  }

  void after_write(const written& msg) {
    auto& on = lanes[msg.lane];
    on.busy = false;
    auto& done = *msg.what;
    if (done.failure) {
      if (!may_pass(*done.failure))
        return self->quit(
            caf::make_error(caf::sec::runtime_error, std::string{done.failure->what()}));
      on.held = msg.what;
      answer_probes(done);
      return try_later(msg.lane, *done.failure);
    }
    recovered(on);
    if (std::exchange(confirming, false))
      self->send(supervisor, write_confirmed{});
    locks.note(msg.lane, done.request, done.result);
    answer(done);
    if (done.result.child_work)
      gathering->request.duties.add(duty::children);
    if (done.request.duties.contains(duty::clean_up))
      self->delayed_send(self, cleaning.after(done.result.cleaned, done.result.cleaning),
                         clean_up{});
    if (done.request.duties.contains(duty::schedules))
      after_schedules(done.result);
    if (done.result.commits_lost || has_lost_commits)
      return take_new_identity("COMMITS_LOST", "the database has lost commits",
                               settings.befell->commits_lost);
    if (done.result.lease_lost)
      return take_new_identity("LEASE_LOST", "the lease ran out", settings.befell->leases_lost);
    write_gathered();
  }

  void retry(const try_again& msg) {
    if (!ready)
      return open();
    if (auto again = std::exchange(lanes[msg.lane].held, nullptr)) {
      again->failure.reset();
      write(msg.lane, std::move(again));
    }
  }

 private:
  template <class Reply>
  caf::result<Reply> gather(std::vector<promise<Reply>>& waiting) {
    auto reply = self->make_response_promise<Reply>();
    waiting.push_back(reply);
    write_gathered();
    return reply;
  }

  static bool may_pass(const storage::error& e) {
    return e.kind() == storage::error_kind::transient || e.kind() == storage::error_kind::full;
  }

  void try_later(std::size_t lane, const storage::error& why) {
    const std::string what = why.what();
    // Lanes that fail for one reason say so once.
    const bool is_known = std::any_of(lanes.begin(), lanes.end(),
                                      [&](const auto& one) { return one.trouble == what; });
    if (!is_known)
      log_event(log_level::error, "DATABASE_TROUBLE",
                {{"what", why.summary()}, {"why", why.why()}, {"next", why.next()}});
    auto& on = lanes[lane];
    on.trouble = what;
    on.wait = std::clamp<duration>(on.wait * 2, 50ms, 1s);
    if (MILLRACE_SEEDED_FAULT("the blocked wait for long"))
      on.wait = 6s;
    self->delayed_send(self, on.wait, try_again{lane});
  }

  void recovered(busy_connection& on) {
    on.wait = duration{0};
    if (on.trouble.empty())
      return;
    on.trouble.clear();
    if (std::all_of(lanes.begin(), lanes.end(),
                    [](const auto& one) { return one.trouble.empty(); }))
      log_event(log_level::info, "DATABASE_RECOVERED");
  }

  /// Settlements go to the lanes that do nothing else, as long as one is free.
  void write_gathered() {
    if (!ready)
      return;
    for (std::size_t i = 1; i < lanes.size(); ++i)
      if (lanes[i].is_free() && !gathering->settles.empty())
        write(i, take_settlements());
    if (!lanes.front().is_free() || gathering->empty())
      return;
    // No claim is under way: what the database has of this runtime was answered.
    if (gathering->request.duties.contains(duty::lease))
      gathering->request.held = held.list();
    write(0, std::exchange(gathering, std::make_shared<flush>()));
  }

  std::shared_ptr<flush> take_settlements() {
    auto some = std::make_shared<flush>();
    std::swap(some->request.settlements, gathering->request.settlements);
    std::swap(some->settles, gathering->settles);
    return some;
  }

  void write(std::size_t lane, std::shared_ptr<flush> what) {
    auto& on = lanes[lane];
    on.busy = true;
    on.lane.thread->run([out = on.lane.out, lane, what = std::move(what), me = store_impl{self}] {
      try {
        what->result = out->write(what->request);
      } catch (...) {
        what->failure = storage::current_error("cannot write to the database");
      }
      caf::anon_send(me, written{lane, what});
    });
  }

  void take_new_identity(const char* code, std::string why, std::atomic<std::int64_t>& counter) {
    ++counter;
    log_event(log_level::error, code,
              {{"why", why}, {"next", "the runtime takes a new identity; its jobs are rescued"}});
    self->quit(caf::make_error(caf::sec::runtime_error, std::move(why)));
  }

  void note_held(const flush& done) {
    auto left_out = done.result.held.begin();
    for (std::size_t i = 0; i < done.request.settlements.size(); ++i) {
      if (left_out != done.result.held.end() && *left_out == i)
        ++left_out;
      else
        held.settled(done.request.settlements[i], done.result.settled[i]);
    }
    if (!held.claimed(done.result.claimed.jobs))
      has_lost_commits = true;
  }

  static void answer_settles(flush& done) {
    auto settlement = std::make_move_iterator(done.request.settlements.begin());
    auto result = std::make_move_iterator(done.result.settled.begin());
    auto held = done.result.held.begin();
    std::size_t begin = 0;
    std::vector<std::size_t> positions;
    for (auto& [reply, count] : done.settles) {
      const auto n = static_cast<std::ptrdiff_t>(count);
      jobs_settled settled{{settlement, settlement + n}, {result, result + n}, {}};
      for (; held != done.result.held.end() && *held < begin + count; ++held)
        positions.push_back(*held - begin);
      keep_apart(settled, std::exchange(positions, {}));
      reply.deliver(std::move(settled));
      settlement += n;
      result += n;
      begin += count;
    }
  }

  void answer(flush& done) {
    note_held(done);
    answer_settles(done);
    for (auto& reply : done.claims)
      reply.deliver(jobs_claimed{std::exchange(done.result.claimed, {}), done.result.unchanged});
    for (auto& reply : done.controls)
      reply.deliver(done.result.controls);
    done.result.probed.held = locks.text();
    for (auto& reply : done.probes)
      reply.deliver(done.result.probed);
  }

  /// A health monitor that asks while the write fails is answered at once.
  static void answer_probes(flush& failed) {
    for (auto& reply : failed.probes)
      reply.deliver(database_probed{.trouble = failed.failure->what()});
    failed.probes.clear();
    failed.request.duties.remove(duty::probe);
  }
};

store_impl::behavior_type store(measured<store_impl, store_state> self, std::uint32_t generation,
                                const supervisor_actor& supervisor,
                                const std::vector<write_connection>& lanes,
                                store_settings settings) {
  harden(self);
  auto& state = self->state;
  state.self = self;
  state.supervisor = supervisor;
  state.generation = generation;
  for (const auto& one : lanes)
    state.lanes.push_back({.lane = one});
  state.settings = settings;
  state.cleaning = retention_pacing{settings.clean_up_interval};
  state.open();
  return {
      [=](const claim_jobs& msg) { return self->state.claim(msg); },
      [=](settle_jobs& msg) { return self->state.settle(msg); },
      [=](read_controls msg) { return self->state.read(msg); },
      [=](probe_database msg) { return self->state.probe(msg); },
      [=](confirm_write) { self->state.confirm(); },
      [](ping) { return pong{}; },
      [=](const opened& msg) { self->state.after_open(msg); },
      [=](const written& msg) { self->state.after_write(msg); },
      [=](const try_again& msg) { self->state.retry(msg); },
      [=](heartbeat) { self->state.renew_lease(); },
      [=](clean_up) { self->state.delete_what_is_old(); },
      [=](keep_schedules) { self->state.make_what_is_due(); },
  };
}

}  // namespace

store_actor spawn_store(caf::local_actor& parent, std::uint32_t generation,
                        const supervisor_actor& supervisor, std::vector<write_connection> lanes,
                        store_settings settings) {
  return parent.spawn(store, generation, supervisor, std::move(lanes), settings);
}

}  // namespace millrace::actors
