#include "tests/support/store_fixture.hpp"

#include <fmt/format.h>

/// Every state and every transition_event: what stands in the database afterwards is what
/// pipeline::apply says, and nothing where it refuses.
namespace millrace::storage::testing {
namespace {

using pipeline::transition_event;

struct row {
  std::string stage;
  job_state state;
  std::int64_t epoch;
  int attempt;
  int crashes;
  bool cancel_requested;
  time_point run_at;
  std::int64_t events;

  bool operator==(const row&) const = default;
};

std::ostream& operator<<(std::ostream& to, const row& r) {
  return to << fmt::format("{} {} epoch {} attempt {} crashes {} cancel {} run_at {} events {}",
                           r.stage, pipeline::to_string(r.state), r.epoch, r.attempt, r.crashes,
                           r.cancel_requested, to_us(r.run_at), r.events);
}

struct transition_fixture : store_fixture {
  /// Puts a job into the database as it is.
  pipeline::job place(job_state state, bool cancel_requested, std::uint16_t stage, int attempt,
                      int crashes, duration due) {
    pipeline::job job;
    job.stage = stage;
    job.state = state;
    job.cancel_requested = cancel_requested;
    job.epoch = 5;
    job.claimed_by = state == job_state::working ? 7 : 0;
    job.attempt = attempt;
    job.crashes = crashes;
    job.run_at = now + due;
    job.correlation_id = "c";
    on.session() << fmt::format(
        "insert into jobs (pipeline, stage, state, epoch, attempt, crashes, cancel_requested,"
        " run_at, claimed_by, correlation_id, created_at, updated_at)"
        " values ('trio', '{}', '{}', 5, {}, {}, {}, {}, {}, 'c', 1, 1)",
        pipelines.at(0).stages[stage].name, pipeline::to_string(state), attempt, crashes,
        int{cancel_requested}, to_us(job.run_at), state == job_state::working ? "7" : "null");
    job.id = ask("select max(job_id) from jobs");
    return job;
  }

  row stored(job_id id) {
    const auto found = find(id);
    return {found.stage,   found.state,
            found.epoch,   found.attempt,
            found.crashes, found.cancel_requested,
            found.run_at,  ask(fmt::format("select count(*) from events where job_id = {}", id))};
  }

  row expected(const pipeline::job& job, const transition_event& what, bool carry_on) {
    const auto& in = pipelines.at(0);
    const auto answer = pipeline::apply(job, what, {in, now, carry_on});
    if (const auto* to = std::get_if<pipeline::change>(&answer))
      return {in.stages[to->stage].name,
              to->state,
              to->epoch,
              to->attempt,
              to->crashes,
              to->cancel_requested,
              to->run_at,
              static_cast<std::int64_t>(to->events.size())};
    return {in.stages[job.stage].name, job.state,  job.epoch, job.attempt, job.crashes,
            job.cancel_requested,      job.run_at, 0};
  }

  /// Makes it happen through the store.
  void perform(const pipeline::job& job, const transition_event& what, bool carry_on) {
    if (std::holds_alternative<pipeline::claim>(what)) {
      store.claims.claim({7, 100}, now);
    } else if (const auto* rescue = std::get_if<pipeline::rescue>(&what)) {
      using hands = std::optional<std::vector<job_id>>;
      store.rescuer.rescue(7, 8, rescue->was_in_hand ? hands{{job.id}} : hands{std::in_place}, now);
    } else if (const auto* cancel = std::get_if<pipeline::cancel>(&what)) {
      store.control.cancel(job.id, cancel->by, now);
    } else if (const auto* replay = std::get_if<pipeline::replay>(&what)) {
      store.control.replay(job.id, replay->from_stage, replay->by, now);
    } else if (const auto* retry = std::get_if<pipeline::retry_now>(&what)) {
      store.control.retry(job.id, retry->by, now);
    } else if (const auto* run_now = std::get_if<pipeline::run_now>(&what)) {
      store.control.run_now(job.id, run_now->handler, run_now->by, now);
    } else {
      settle({{job, what, carry_on}});
    }
  }
};

TEST_CASE_METHOD(transition_fixture, "the store writes what the transition table says") {
  const std::vector<std::pair<std::string, transition_event>> happenings{
      {"claim", pipeline::claim{}},
      {"claim beside another tenant's", pipeline::claim{}},
      {"advance", pipeline::advance{}},
      {"advance to three", pipeline::advance{{}, "three"}},
      {"proceed", pipeline::proceed{}},
      {"finish", pipeline::finish{"F", "f", {}}},
      {"retry", pipeline::retry{"R", "r", {}}},
      {"retry after", pipeline::retry{"R", "r", 5s}},
      {"snooze", pipeline::snooze{start + 1h, "s"}},
      {"reject", pipeline::reject{"J", "j"}},
      {"time out", pipeline::time_out{}},
      {"release", pipeline::release{}},
      {"rescue in hand", pipeline::rescue{true}},
      {"rescue not in hand", pipeline::rescue{false}},
      {"cancel", pipeline::cancel{"ann"}},
      {"replay", pipeline::replay{"two", "ann"}},
      {"retry now", pipeline::retry_now{"ann"}},
      {"run_now", pipeline::run_now{"noop", "ann"}},
      {"run_now, another handler", pipeline::run_now{"other", "ann"}}};
  for (const auto state : pipeline::all_job_states)
    for (const bool cancel_requested : {false, true})
      for (const auto stage : {std::uint16_t{0}, std::uint16_t{2}})
        for (const int before : {0, 1, 2})
          for (const auto due : {-1s, 1s})
            for (const bool carry_on : {false, true})
              for (const auto& [name, what] : happenings) {
                if (cancel_requested && state != job_state::working)
                  continue;
                // Refused to a working job, it is a wrong answer: settle_test.cpp.
                if (name == "advance to three" && stage == 2)
                  continue;
                transaction undone{on};
                const auto job = place(state, cancel_requested, stage, before, before, due);
                if (name == "claim beside another tenant's")
                  store.submitter.enqueue(std::vector<new_job>{{.tenant = "another"}}, now);
                const auto wanted = expected(job, what, carry_on);
                perform(job, what, carry_on);
                INFO(fmt::format("{} to a job that is {} at {} (cancel {}, due {}, carry on {})",
                                 name, pipeline::to_string(state), stage, cancel_requested,
                                 due.count(), carry_on));
                REQUIRE(stored(job.id) == wanted);
              }
}

}  // namespace
}  // namespace millrace::storage::testing
