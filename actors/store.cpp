#include "actors/store.hpp"

#include "actors/clean_up_pass.hpp"
#include "actors/gauge.hpp"
#include "actors/log.hpp"
#include "storage/error.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

namespace millrace::actors {
namespace {

using namespace std::chrono_literals;

template <class Reply>
using promise = caf::typed_response_promise<Reply>;

/// One write: what to write, whom to answer, and what came of it.
struct flush {
  write_request request;
  std::vector<std::pair<promise<jobs_settled>, std::size_t>> settles;
  std::vector<promise<jobs_claimed>> claims;
  std::vector<promise<controls_read>> controls;
  std::vector<promise<database_probed>> probes;
  write_result result;
  /// What the writer threw, if it did.
  std::optional<storage::error> failure;

  bool empty() const {
    return settles.empty() && claims.empty() && controls.empty() && probes.empty() &&
           !request.renew_lease && !request.clean_up && !request.keep_schedules &&
           !request.tend_families;
  }
};

/// A lane, and what is under way on it.
struct busy_lane {
  store_lane lane;
  bool busy = false;
  /// What the database did not take yet.
  std::shared_ptr<flush> held;
  pipeline::duration wait{0};
  std::string trouble;

  bool is_free() const { return !busy && !held; }
};

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

/// A schedule is looked at that often although none is due: somebody may set the clock.
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
  std::vector<busy_lane> lanes;
  std::shared_ptr<flush> gathering = std::make_shared<flush>();
  clean_up_pass cleaning;

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
      } catch (const storage::error& e) {
        answer.failure = e;
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
    return gather(gathering->claims);
  }

  caf::result<controls_read> read(read_controls) {
    gathering->request.read_controls = true;
    return gather(gathering->controls);
  }

  caf::result<database_probed> probe(probe_database) {
    // While the database is in trouble a probe must not wait for it to end.
    for (const auto& one : lanes)
      if (!one.trouble.empty())
        return database_probed{0, 0, one.trouble};
    gathering->request.probe = true;
    return gather(gathering->probes);
  }

  void renew_lease() {
    gathering->request.renew_lease = true;
    self->delayed_send(self, settings.heartbeat, heartbeat{});
    write_gathered();
  }

  void delete_what_is_old() {
    gathering->request.clean_up = true;
    write_gathered();
  }

  void make_what_is_due() {
    gathering->request.keep_schedules = true;
    write_gathered();
  }

  void after_schedules(const write_result& result) {
    const auto wait = result.next_schedule.value_or(longest_wait_for_schedules);
    self->delayed_send(self, std::clamp<pipeline::duration>(wait, 1ms, longest_wait_for_schedules),
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
    answer(done);
    if (done.result.family_work)
      gathering->request.tend_families = true;
    if (done.request.clean_up)
      self->delayed_send(self, cleaning.after(done.result.cleaned, done.result.cleaning),
                         clean_up{});
    if (done.request.keep_schedules)
      after_schedules(done.result);
    if (done.result.lease_lost) {
      log_event(log_level::error, "LEASE_LOST",
                {{"next", "the runtime takes a new identity; its jobs are rescued"}});
      return self->quit(caf::make_error(caf::sec::runtime_error, std::string{"the lease ran out"}));
    }
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
    on.wait = std::clamp<pipeline::duration>(on.wait * 2, 50ms, 1s);
    self->delayed_send(self, on.wait, try_again{lane});
  }

  void recovered(busy_lane& on) {
    on.wait = pipeline::duration{0};
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
    if (lanes.front().is_free() && !gathering->empty())
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
      } catch (const storage::error& e) {
        what->failure = e;
      }
      caf::anon_send(me, written{lane, what});
    });
  }

  static void answer(flush& done) {
    auto settlement = std::make_move_iterator(done.request.settlements.begin());
    auto result = std::make_move_iterator(done.result.settled.begin());
    for (auto& [reply, count] : done.settles) {
      const auto n = static_cast<std::ptrdiff_t>(count);
      reply.deliver(jobs_settled{{settlement, settlement + n}, {result, result + n}});
      settlement += n;
      result += n;
    }
    for (auto& reply : done.claims)
      reply.deliver(jobs_claimed{std::exchange(done.result.claimed, {}), done.result.unchanged});
    for (auto& reply : done.controls)
      reply.deliver(done.result.controls);
    for (auto& reply : done.probes)
      reply.deliver(done.result.probed);
  }

  /// A health monitor that asks while the write fails is answered at once.
  static void answer_probes(flush& failed) {
    for (auto& reply : failed.probes)
      reply.deliver(database_probed{0, 0, failed.failure->what()});
    failed.probes.clear();
    failed.request.probe = false;
  }
};

store_impl::behavior_type store(gauged<store_impl, store_state> self, std::uint32_t generation,
                                const supervisor_actor& supervisor,
                                const std::vector<store_lane>& lanes, store_settings settings) {
  harden(self);
  auto& state = self->state;
  state.self = self;
  state.supervisor = supervisor;
  state.generation = generation;
  for (const auto& one : lanes)
    state.lanes.push_back({.lane = one});
  state.settings = settings;
  state.cleaning = clean_up_pass{settings.clean_up_interval};
  state.open();
  return {
      [=](const claim_jobs& msg) { return self->state.claim(msg); },
      [=](settle_jobs& msg) { return self->state.settle(msg); },
      [=](read_controls msg) { return self->state.read(msg); },
      [=](probe_database msg) { return self->state.probe(msg); },
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
                        const supervisor_actor& supervisor, std::vector<store_lane> lanes,
                        store_settings settings) {
  return parent.spawn(store, generation, supervisor, std::move(lanes), settings);
}

}  // namespace millrace::actors
