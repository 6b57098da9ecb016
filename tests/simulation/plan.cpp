#include "tests/simulation/plan.hpp"

#include "tests/simulation/random.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
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
                             "slow disk"};
  return names.at(static_cast<std::size_t>(kind));
}

plan make_plan(std::uint64_t seed, int steps) {
  random_source random{mix(seed)};
  plan made;
  made.seed = seed;
  made.shared = !random.one_in(4);
  made.runtimes = made.shared ? static_cast<int>(1 + random.below(3)) : 1;
  made.deadly = !random.one_in(4);
  made.pipelines.push_back(any_pipeline("p", random));
  if (random.one_in(2))
    made.pipelines.push_back(any_pipeline("q", random));
  pipeline::duration at{0};
  for (int i = 0; i < steps; ++i) {
    auto kind = i == 0 ? step_kind::submit : any_kind(random);
    if (!made.deadly && ends_processes(kind))
      kind = step_kind::database_busy;
    made.steps.push_back({at, kind, random.next(), random.next(), random.next()});
    // Much happens at once, and then nothing for a while.
    at += random.one_in(2) ? random.up_to(20ms) : random.up_to(10s);
  }
  return made;
}

std::string describe(const plan& what) {
  auto text = fmt::format("{} runtime(s), {}{}\n", what.runtimes,
                          what.shared ? "shared database" : "alone with its database",
                          what.deadly ? "" : ", nobody dies");
  for (const auto& one : what.steps)
    text += fmt::format("  {:10.6f} s  {} ({:x} {:x} {:x})\n",
                        std::chrono::duration<double>(one.at).count(), to_string(one.kind), one.a,
                        one.b, one.c);
  return text;
}

}  // namespace millrace::simulation
