#include "actors/claim/poller.hpp"

#include "actors/status/actor_metrics.hpp"
#include "actors/store/report_aside.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace millrace::actors {
namespace {

using namespace std::chrono_literals;

struct poll {
  using local_message = void;
  /// Timers cannot be cancelled: an older one than the last that was set is not obeyed.
  std::uint64_t number = 0;
};
struct look_at_controls {
  using local_message = void;
};

struct claim_overdue {
  using local_message = void;
  /// How many claims there had been.
  std::uint64_t claims = 0;
};

struct release_held {
  using local_message = void;
  std::vector<storage::settlement> held;
};

/// Until what another session of the database holds up is released again.
constexpr auto release_again = 500ms;

/// Until a claim with little credit is due.
constexpr auto claim_overdue_after = 100ms;

std::size_t bytes_of(const std::vector<storage::settlement>& all) {
  std::size_t sum = 0;
  for (const auto& one : all)
    sum += one.job.claimed_bytes;
  return sum;
}

using poller_impl =
    with_private<poller_actor, caf::result<void>(poll), caf::result<void>(look_at_controls),
                 caf::result<void>(claim_overdue), caf::result<void>(release_held)>;

struct poller_state {
  static inline const char* name = "poller";

  poller_impl::pointer self = nullptr;
  supervisor_actor supervisor;
  store_actor store;
  const millrace::clock* time = nullptr;
  poller_settings settings;
  claim_credit pace{{}};
  stage_routes routes;
  std::uint64_t timer = 0;
  bool admitting = true;
  bool draining = false;

  void begin(const begin_work& msg) {
    routes = msg.routes;
    // Pauses are known before the first job is claimed.
    read_controls_then([this] {
      began = true;
      claim();
    });
  }

  /// What keeps it from claiming now (a claim under way, too little credit) makes it look later.
  void look() {
    woken = true;
    claim_if_changed();
  }

  void give_back(const give_back_credit& msg) {
    pace.given_back(msg.jobs, msg.bytes);
    wanting.insert(msg.queued.begin(), msg.queued.end());
    tell_if_over();
    // A running timer means that the last claim emptied the queue: more credit finds no more jobs.
    if (armed == 0 || kept_back)
      claim();
    else if (woken)
      claim_if_changed();
    make_use_of_room();
  }

  void make_use_of_room() {
    if (has_hungry())
      request_jobs(pace.overdue_claim(), false);
  }

  void admit(const admit_jobs& msg) {
    if (admitting != msg.admit)
      log_event(msg.admit ? log_level::info : log_level::error,
                msg.admit ? "CLAIMING_RESUMED" : "CLAIMING_STOPPED", {{"why", msg.why}});
    admitting = msg.admit;
    claim();
  }

  void stop_claiming() {
    draining = true;
    tell_if_over();
  }

  void release(settle_jobs all) {
    const auto settled = [this](std::size_t jobs, std::size_t bytes) {
      pace.given_back(static_cast<int>(jobs), bytes);
      tell_if_over();
    };
    const auto count = all.settlements.size();
    const auto bytes = bytes_of(all.settlements);
    self->request(store, caf::infinite, std::move(all))
        .then(
            [this, settled](jobs_settled& msg) {
              settled(msg.settlements.size(), bytes_of(msg.settlements));
              // Another session of the database holds these up.
              if (!msg.held.empty())
                self->delayed_send(self, release_again, release_held{std::move(msg.held)});
            },
            [settled, count, bytes](const caf::error&) { settled(count, bytes); });
  }

  void on_timer(const poll& msg) {
    if (msg.number != timer)
      return;
    armed = 0;
    claim();
  }

  void on_overdue(const claim_overdue& msg) {
    claim_overdue_soon = false;
    if (armed != 0)
      return;
    if (msg.claims == claims)
      request_jobs(pace.overdue_claim(), false);
    else
      claim();
  }

  void on_controls_timer() {
    read_controls_then([] {});
  }

 private:
  /// The number of the timer that is running; 0 for none.
  std::uint64_t armed = 0;
  bool controls_in_force = false;
  bool began = false;
  /// There may be new jobs since the last claim went out.
  bool woken = false;
  /// Jobs are due that a limit keeps back.
  bool kept_back = false;
  /// The stages that had no room for all of their jobs at the last claim.
  std::set<storage::stage_rooms::place> wanting;
  bool claim_overdue_soon = false;
  std::uint64_t claims = 0;
  /// How many claims had gone out when the controls came last.
  std::uint64_t claims_before_controls = 0;

  void claim() {
    request_jobs(pace.next_claim(), false);
    if (pace.overdue_claim() == 0 || std::exchange(claim_overdue_soon, true))
      return;
    self->delayed_send(self, claim_overdue_after, claim_overdue{claims});
  }
  void claim_if_changed() { request_jobs(pace.next_claim(), true); }

  void request_jobs(int jobs, bool only_if_changed) {
    if (jobs == 0 || !began || draining || !admitting)
      return;
    woken = false;
    ++claims;
    pace.claiming(jobs);
    self->request(store, caf::infinite,
                  claim_jobs{jobs, rooms_of(*settings.rooms), pace.bytes_left(), only_if_changed})
        .then(
            [this, sent = claims](jobs_claimed& msg) {
              if (msg.unchanged)
                after_look_in_vain();
              else
                after_claim(msg.result, sent > claims_before_controls);
            },
            [this](const caf::error&) { pace.claimed(0, {}, time->now()); });
  }

  void after_look_in_vain() {
    pace.unchanged();
    tell_if_over();
    // The timer may have run out meanwhile, and its claim is due.
    if (armed == 0)
      claim();
    else if (woken)
      claim_if_changed();
  }

  void after_claim(storage::claim_result& result, bool newer_than_controls) {
    const auto got = static_cast<int>(result.jobs.size());
    for (const auto& one : result.jobs)
      pace.loaded(one.claimed_bytes);
    kept_back = result.kept_back;
    wanting = std::move(result.wanting);
    report_aside(result.aside, *settings.tally, self->clock().now(), time->now());
    const auto wait =
        pace.claimed(got, result.next_run_at, time->now(), result.others_work || !wanting.empty());
    if (draining)
      give_back_to_database(std::move(result.jobs));
    else
      hand_out(std::move(result.jobs), newer_than_controls);
    tell_if_over();
    if (wait.count() == 0)
      return claim();
    armed = ++timer;
    self->delayed_send(self, wait, poll{timer});
    if (woken)
      claim_if_changed();
    make_use_of_room();
  }

  bool has_hungry() const {
    return std::any_of(wanting.begin(), wanting.end(),
                       [this](const auto& at) { return is_hungry(*settings.rooms, at); });
  }

  void hand_out(std::vector<pipeline::job> jobs, bool newer_than_controls) {
    std::map<std::pair<std::uint16_t, std::uint16_t>, std::vector<pipeline::job>> by_stage;
    for (auto& job : jobs)
      by_stage[{job.pipeline, job.stage}].push_back(std::move(job));
    for (auto& [where, some] : by_stage) {
      settings.rooms->at(where.first)[where.second]->sent(static_cast<int>(some.size()));
      self->send(routes.at(where.first).at(where.second),
                 take_jobs{std::move(some), newer_than_controls});
    }
  }

  /// Jobs that came after the drain began were never started.
  void give_back_to_database(std::vector<pipeline::job> jobs) {
    if (jobs.empty())
      return;
    settle_jobs released;
    for (auto& job : jobs)
      released.settlements.push_back({std::move(job), pipeline::release{}, false});
    release(std::move(released));
  }

  void tell_if_over() {
    if (draining && pace.used() == 0 && !pace.claim_under_way())
      self->send(supervisor, drained{});
    else if (settings.until_idle && !draining && pace.nothing_left())
      self->send(supervisor, gone_idle{});
  }

  template <class Next>
  void read_controls_then(Next next) {
    self->request(store, caf::infinite, read_controls{})
        .then(
            [this, next](controls_read& msg) {
              claims_before_controls = claims;
              spread(std::move(msg));
              next();
              self->delayed_send(self, settings.controls_interval, look_at_controls{});
            },
            [](const caf::error&) {});
  }

  void spread(controls_read msg) {
    const bool any = !msg.cancel.empty() || !msg.paused.empty();
    if (!any && !controls_in_force)
      return;
    controls_in_force = any;
    for (const auto& pipeline : routes)
      for (const auto& stage : pipeline)
        self->send(stage, apply_controls{msg});
  }
};

poller_impl::behavior_type poller(measured<poller_impl, poller_state> self,
                                  std::uint32_t generation, const supervisor_actor& supervisor,
                                  const store_actor& store, const millrace::clock* time,
                                  const poller_settings& settings) {
  harden(self);
  auto& state = self->state;
  state.self = self;
  state.supervisor = supervisor;
  state.store = store;
  state.time = time;
  state.settings = settings;
  state.pace = claim_credit{settings.pace};
  self->send(supervisor, init_complete{"poller", generation});
  return {
      [=](const begin_work& msg) { self->state.begin(msg); },
      [=](const give_back_credit& msg) { self->state.give_back(msg); },
      [=](use_room) { self->state.make_use_of_room(); },
      [=](const admit_jobs& msg) { self->state.admit(msg); },
      [=](look_for_jobs) { self->state.look(); },
      [=](drain) { self->state.stop_claiming(); },
      [](ping) { return pong{}; },
      [=](const poll& msg) { self->state.on_timer(msg); },
      [=](look_at_controls) { self->state.on_controls_timer(); },
      [=](const claim_overdue& msg) { self->state.on_overdue(msg); },
      [=](release_held& msg) { self->state.release({std::move(msg.held)}); },
  };
}

}  // namespace

poller_actor spawn_poller(caf::local_actor& parent, std::uint32_t generation,
                          const supervisor_actor& supervisor, const store_actor& store,
                          const millrace::clock& time, const poller_settings& settings) {
  return parent.spawn(poller, generation, supervisor, store, &time, settings);
}

}  // namespace millrace::actors
