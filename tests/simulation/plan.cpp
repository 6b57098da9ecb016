#include "tests/simulation/plan.hpp"

#include "tests/simulation/random.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <utility>

namespace millrace::simulation {
namespace {

using namespace std::chrono_literals;

/// How often a step of a kind is chosen, against the others.
constexpr std::array<std::pair<step_kind, int>, 20> weights{{
    {step_kind::submit, 30},
    {step_kind::cancel, 8},
    {step_kind::retry, 5},
    {step_kind::replay, 5},
    {step_kind::pause, 4},
    {step_kind::resume, 5},
    {step_kind::wake, 3},
    {step_kind::kill_now, 3},
    {step_kind::kill_at_file_operation, 5},
    {step_kind::kill_after_write, 5},
    {step_kind::kill_in_handler, 3},
    {step_kind::kill_at_message, 4},
    {step_kind::stop, 4},
    {step_kind::freeze, 4},
    {step_kind::crash_actor, 3},
    {step_kind::set_clock, 2},
    {step_kind::database_busy, 6},
    {step_kind::disk_full, 2},
    {step_kind::disk_fails, 3},
    {step_kind::slow_disk, 4},
}};

bool ends_processes(step_kind kind) {
  return kind >= step_kind::kill_now && kind <= step_kind::crash_actor;
}

step_kind any_kind(random_source& random) {
  int total = 0;
  for (const auto& [unused, weight] : weights)
    total += weight;
  auto left = static_cast<int>(random.below(static_cast<std::uint64_t>(total)));
  for (const auto& [kind, weight] : weights)
    if ((left -= weight) < 0)
      return kind;
  return step_kind::submit;
}

pipeline::definition any_pipeline(std::string name, random_source& random) {
  pipeline::definition made{std::move(name), {}};
  const auto count = 1 + random.below(4);
  for (std::uint64_t i = 0; i < count; ++i)
    made.stages.push_back({.name = std::string(1, static_cast<char>('a' + i)),
                           .handler = "any",
                           .max_attempts = static_cast<int>(1 + random.below(4)),
                           .backoff = {100ms, 2s},
                           .timeout = 2s,
                           .concurrency = static_cast<int>(1 + random.below(3)),
                           .batch = static_cast<int>(1 + random.below(3))});
  return made;
}

/// Small enough to be met, and wide enough for all jobs to end in time.
pipeline::limits any_limits(random_source& random) {
  pipeline::limits made;
  if (random.one_in(2))
    made.concurrency = static_cast<int>(1 + random.below(3));
  if (random.one_in(2))
    made.starts = {static_cast<std::int64_t>(2 + random.below(6)), 1s + random.up_to(3s)};
  return made;
}

void add_limits(plan& to, random_source& random) {
  to.limited = true;
  for (auto& in : to.pipelines) {
    for (auto& stage : in.stages)
      if (random.one_in(2))
        stage.limit = any_limits(random);
    if (random.one_in(3))
      in.queue_limit = static_cast<std::int64_t>(8 + random.below(20));
    in.key_concurrency = static_cast<std::int64_t>(1 + random.below(2));
  }
  for (const auto* const name : {"a", "b"})
    to.rules.tenants[name] = {.weight = static_cast<int>(1 + random.below(4)),
                              .limit = any_limits(random)};
  if (random.one_in(2))
    to.rules.other_tenants.limit = any_limits(random);
}

/// Puts steps of one of some kinds between the others.
void add_steps(plan& to, std::span<const step_kind> kinds, std::uint64_t count,
               random_source& random) {
  const auto end = to.steps.back().at;
  for (std::uint64_t i = 0; i < count; ++i)
    to.steps.push_back({random.up_to(end), kinds[random.below(kinds.size())], random.next(),
                        random.next(), random.next()});
  std::stable_sort(to.steps.begin(), to.steps.end(),
                   [](const auto& a, const auto& b) { return a.at < b.at; });
}

/// More than one runtime, on a database that they share.
void make_fleet(plan& of, random_source& random) {
  of.shared = true;
  of.runtimes = static_cast<int>(2 + random.below(2));
}

void add_seam(plan& to, seam which, random_source& random) {
  switch (which) {
    case seam::none:
      return;
    case seam::limits:
      return add_limits(to, random);
    case seam::rows:
      to.foreign_rows = true;
      add_steps(to, std::array{step_kind::insert_row, step_kind::change_row}, 16, random);
      if (random.one_in(2))
        add_steps(to, std::array{step_kind::refuse_row}, 4, random);
      return;
    case seam::clocks:
      to.wrong_clocks = true;
      return add_steps(to, std::array{step_kind::step_clock}, 6, random);
    case seam::locks:
      make_fleet(to, random);
      to.held_locks = true;
      to.deadly = true;
      return add_steps(to,
                       std::array{step_kind::die_in_transaction, step_kind::freeze_in_transaction},
                       6, random);
    case seam::lost_commits:
      make_fleet(to, random);
      to.lost_commits = true;
      to.deadly = true;
      return add_steps(to, std::array{step_kind::copy_database, step_kind::lose_commits}, 6,
                       random);
  }
}

/// What the world of a seed has besides.
seam seam_of(random_source& random) {
  constexpr std::array chosen{seam::limits, seam::locks, seam::clocks, seam::lost_commits,
                              seam::rows};
  const auto which = random.below(8);
  return which < chosen.size() ? chosen.at(which) : seam::none;
}

}  // namespace

std::string_view to_string(step_kind kind) {
  constexpr std::array names{"submit",
                             "cancel",
                             "retry",
                             "replay",
                             "pause",
                             "resume",
                             "wake",
                             "kill now",
                             "kill at a file operation",
                             "kill after a write",
                             "kill in a handler",
                             "kill at a message",
                             "stop",
                             "freeze",
                             "crash an actor",
                             "set the clock",
                             "database busy",
                             "disk full",
                             "disk fails",
                             "slow disk",
                             "insert a row",
                             "change a row",
                             "refuse a row",
                             "step a clock",
                             "die in a transaction",
                             "freeze in a transaction",
                             "copy the database",
                             "lose commits"};
  return names.at(static_cast<std::size_t>(kind));
}

plan make_plan(std::uint64_t seed, int steps, std::optional<seam> with) {
  random_source random{mix(seed)};
  plan made;
  made.seed = seed;
  made.shared = !random.one_in(4);
  made.runtimes = made.shared ? static_cast<int>(1 + random.below(3)) : 1;
  made.deadly = !random.one_in(4);
  made.pipelines.push_back(any_pipeline("p", random));
  if (random.one_in(2))
    made.pipelines.push_back(any_pipeline("q", random));
  duration at{0};
  for (int i = 0; i < steps; ++i) {
    auto kind = i == 0 ? step_kind::submit : any_kind(random);
    if (!made.deadly && ends_processes(kind))
      kind = step_kind::database_busy;
    made.steps.push_back({at, kind, random.next(), random.next(), random.next()});
    // Much happens at once, and then nothing for a while.
    at += random.one_in(2) ? random.up_to(20ms) : random.up_to(10s);
  }
  // From numbers of its own: a world without it is the same as ever.
  random_source more{mix(seed ^ 0x11431)};
  const auto chosen = seam_of(more);
  add_seam(made, with.value_or(chosen), more);
  return made;
}

std::optional<seam> parse_seam(std::string_view name) {
  constexpr std::array names{"none", "limits", "rows", "clocks", "locks", "lost-commits"};
  const auto at = std::find(names.begin(), names.end(), name);
  return at == names.end() ? std::nullopt : std::optional{static_cast<seam>(at - names.begin())};
}

std::string describe(const plan& what) {
  auto text = fmt::format(
      "{} runtime(s), {}{}{}{}{}{}{}\n", what.runtimes,
      what.shared ? "shared database" : "alone with its database",
      what.deadly ? "" : ", no runtime dies", what.limited ? ", limits" : "",
      what.foreign_rows ? ", rows by other hands" : "", what.wrong_clocks ? ", wrong clocks" : "",
      what.held_locks ? ", locks of the dead" : "", what.lost_commits ? ", lost commits" : "");
  for (const auto& one : what.steps)
    text += fmt::format("  {:10.6f} s  {} ({:x} {:x} {:x})\n",
                        std::chrono::duration<double>(one.at).count(), to_string(one.kind), one.a,
                        one.b, one.c);
  return text;
}

}  // namespace millrace::simulation
