#include "state_table.hpp"

#include "pipeline/codes.hpp"
#include "pipeline/transitions.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::tests {
namespace {

using namespace pipeline;
using namespace std::chrono_literals;

constexpr time_point noon{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1} + 12h};

struct row {
  std::string_view name;
  transition_event what;
  /// Changes to the sample job and to its transition_context.
  bool last_stage = false;
  bool last_attempt = false;
  bool last_crash = false;
  bool carry_on = true;
  bool not_yet = false;
  bool cancel_requested = false;
};

std::vector<row> rows() {
  return {
      {.name = "claim", .what = claim{}},
      {.name = "claim before run_at", .what = claim{}, .not_yet = true},
      {.name = "advance, carried on", .what = advance{}},
      {.name = "advance, not carried on", .what = advance{}, .carry_on = false},
      {.name = "advance, last stage", .what = advance{}, .last_stage = true},
      {.name = "proceed", .what = proceed{}},
      {.name = "advance, after two crashes", .what = advance{}, .last_crash = true},
      {.name = "proceed, after two crashes", .what = proceed{}, .last_crash = true},
      {.name = "finish", .what = finish{"CODE", "why", {}}},
      {.name = "retry, attempts left", .what = retry{"CODE", "why", {}}},
      {.name = "retry, last attempt", .what = retry{"CODE", "why", {}}, .last_attempt = true},
      {.name = "timeout, attempts left", .what = time_out{}},
      {.name = "timeout, last attempt", .what = time_out{}, .last_attempt = true},
      {.name = "snooze", .what = snooze{noon + 1h, "why"}},
      {.name = "reject", .what = reject{"CODE", "why"}},
      {.name = "release", .what = release{}},
      {.name = "rescue, not in hand", .what = rescue{false}},
      {.name = "rescue, in hand", .what = rescue{true}},
      {.name = "rescue, in hand, crash limit", .what = rescue{true}, .last_crash = true},
      {.name = "cancel", .what = cancel{"me"}},
      {.name = "replay from b", .what = replay{"b", "me"}},
      {.name = "retry now", .what = retry_now{"me"}},
      {.name = "retry now, before run_at", .what = retry_now{"me"}, .not_yet = true},
      {.name = "move to b", .what = pipeline::move{"b", "me"}},
      {.name = "run_now", .what = run_now{"noop", "me"}},
      {.name = "run_now, before run_at", .what = run_now{"noop", "me"}, .not_yet = true},
      {.name = "run_now, before run_at, another handler",
       .what = run_now{"other", "me"},
       .not_yet = true},
      {.name = "set aside", .what = set_aside{"why"}},
      {.name = "cancel requested, then advance", .what = advance{}, .cancel_requested = true},
      {.name = "cancel requested, then advance, last stage",
       .what = advance{},
       .last_stage = true,
       .cancel_requested = true},
      {.name = "cancel requested, then retry",
       .what = retry{"CODE", "why", {}},
       .cancel_requested = true},
  };
}

std::string difference(std::string_view name, auto before, auto after) {
  return before == after ? "" : fmt::format(" {}={}", name, after);
}

std::string cell(const row& r, job_state state) {
  const definition abc{"p",
                       {{.name = "a", .handler = "noop"},
                        {.name = "b", .handler = "noop"},
                        {.name = "c", .handler = "noop"}}};
  job j{.id = 7, .stage = 0, .state = state, .epoch = 5, .attempt = 1, .run_at = noon - 1min};
  if (r.last_stage)
    j.stage = 2;
  if (r.last_attempt)
    j.attempt = 2;
  if (r.last_crash)
    j.crashes = 2;
  if (r.not_yet)
    j.run_at = noon + 1min;
  j.cancel_requested = r.cancel_requested && state == job_state::working;
  const auto answer = apply(j, r.what, {.pipeline = abc, .now = noon, .carry_on = r.carry_on});
  if (std::holds_alternative<rejection>(answer))
    return "-";
  const auto& to = std::get<change>(answer);
  auto text = fmt::format("{}", to_string(to.state));
  if (to.stage != j.stage)
    text += fmt::format(" at {}", abc.stages[to.stage].name);
  text +=
      difference("attempt", j.attempt, to.attempt) + difference("crashes", j.crashes, to.crashes);
  if (to.epoch == j.epoch)
    text += " same epoch";
  if (to.cancel_requested)
    text += " cancel_requested";
  if (to.run_at != j.run_at)
    text += to.run_at == noon ? " now" : " later";
  return text;
}

}  // namespace

std::string render_state_table() {
  std::string table = "| what happened |";
  std::string line = "| --- |";
  for (auto state : all_job_states) {
    table += fmt::format(" {} |", to_string(state));
    line += " --- |";
  }
  table += "\n" + line + "\n";
  for (const auto& r : rows()) {
    table += fmt::format("| {} |", r.name);
    for (auto state : all_job_states)
      table += fmt::format(" {} |", cell(r, state));
    table += "\n";
  }
  return table;
}

}  // namespace millrace::tests
