#include "tests/simulation/simulated_runtime.hpp"

#include <fmt/format.h>

#include <chrono>
#include <stdexcept>
#include <utility>
#include <vector>

/// What the handlers of a simulated runtime do: anything that a handler may do, as the seed says.
namespace millrace::simulation {

using namespace std::chrono_literals;

namespace {

std::vector<pipeline::effect> output_of(const std::string& json) {
  return {pipeline::effects::write_output{json}};
}

}  // namespace

pipeline::outcome simulated_runtime::handle(const pipeline::job& job,
                                            const pipeline::context& context) {
  // The rest of a batch whose process has died.
  if (is_dead_)
    throw std::runtime_error{"dead"};
  const std::pair key{job.id, job.epoch};
  auto& log = log_of(job);
  log.runtime = number_;
  check_input(job);
  in_handler_.insert(key);
  in_.tell(
      fmt::format("{} runtime {} calls {} epoch {}", to_us(in_.now), number_, job.id, job.epoch));
  try {
    auto made = answer(job, context);
    in_handler_.erase(key);
    log.answer = made;
    return made;
  } catch (const std::exception&) {
    if (!is_dead_) {
      in_handler_.erase(key);
      log.threw = true;
    }
    throw;
  }
}

/// Where its call is written down. What was claimed before commits were lost may be called after
/// that, and its epoch comes again.
call& simulated_runtime::log_of(const pipeline::job& job) {
  const std::pair key{job.id, job.epoch};
  const auto& all = in_.looked->jobs();
  const auto known = all.find(job.id);
  if (in_.has_lost_commits && (known == all.end() || known->second.epoch != job.epoch)) {
    call_log lost;
    lost.try_emplace(key);
    return in_.lost_calls.emplace_back(lost.extract(key)).mapped();
  }
  const auto [at, is_new] = in_.calls.try_emplace(key);
  if (!is_new && !in_.found && !in_.looked->given_up().contains(job.id))
    in_.found = {"an epoch has one call",
                 fmt::format("job {} with epoch {} was called before", job.id, job.epoch)};
  return at->second;
}

/// A job comes with what was written before it came.
void simulated_runtime::check_input(const pipeline::job& job) const {
  const auto& all = in_.looked->jobs();
  const auto found = all.find(job.id);
  if (found == all.end() || found->second.epoch != job.epoch || in_.found)
    return;
  if (found->second.output != job.output || found->second.payload != job.payload)
    in_.found = {"a handler is given what was written",
                 fmt::format("job {} came with the output '{}' instead of '{}'", job.id, job.output,
                             found->second.output)};
}

pipeline::outcome simulated_runtime::answer(const pipeline::job& job,
                                            const pipeline::context& context) {
  const auto seed = in_.what.seed;
  const auto id = static_cast<std::uint64_t>(job.id);
  const auto nature = mix(seed * 31 + id);
  const auto any = mix(nature + static_cast<std::uint64_t>(job.epoch) * 977 +
                       static_cast<std::uint64_t>(job.attempt));
  const auto stages = in_.pipelines.at(job.pipeline).stages.size();
  const bool is_poison = in_.what.deadly && nature % 12 == 0 && (nature >> 8) % stages == job.stage;
  if (!in_.is_calm && (any >> 40) % 3 == 0) {
    sleep(in_.random.one_in(8) ? in_.random.up_to(4s) : in_.random.up_to(300ms));
    if (is_dead_)
      throw std::runtime_error{"dead"};
    if (context.stop.stop_requested())
      return pipeline::retry{"STOPPED", "asked to stop"};
  }
  if (is_poison || std::exchange(in_next_handler_, false)) {
    die();
    throw std::runtime_error{"dead"};
  }
  const auto output = fmt::format("{{\"epoch\": {}}}", job.epoch);
  if (in_.is_calm)
    return pipeline::advance{output_of(output)};
  return decide(job, any, output);
}

pipeline::outcome simulated_runtime::decide(const pipeline::job& job, std::uint64_t any,
                                            const std::string& output) {
  auto effects = (any >> 32) % 2 == 0 ? output_of(output) : std::vector<pipeline::effect>{};
  const auto& stages = in_.pipelines.at(job.pipeline).stages;
  const auto dice = any % 100;
  if (dice < 50)
    return pipeline::advance{effects};
  if (dice < 55 && job.stage + 2U < stages.size())
    return pipeline::advance{effects, stages.back().name};
  if (dice < 62)
    return pipeline::proceed{output_of(output)};
  if (dice < 65)
    return pipeline::finish{"ENOUGH", "nothing is left to do", effects};
  if (dice < 75)
    return pipeline::retry{"FLAKY", "it failed", {}, effects};
  if (dice < 79)
    return pipeline::retry{"LATER", "it failed", 250ms, effects};
  if (dice < 86)
    return pipeline::snooze{now() + duration{static_cast<std::int64_t>((any >> 16) % 2'000'000)},
                            "not yet", effects};
  if (dice < 89)
    return pipeline::reject{"NEVER", "it cannot", effects};
  if (dice < 95)
    throw std::runtime_error{"it threw"};
  if (dice < 97)
    return pipeline::advance{effects, "nowhere"};
  return pipeline::advance{output_of(output)};
}

/// Marks the calls that a process dies with, where it is on record that they were at work. Where
/// the runtime's own row was lost, a rescue cannot know that the process is dead, and charges
/// nothing.
void simulated_runtime::blame() const {
  const auto me = identity();
  if (!me)
    return;
  storage::connection on{in_.database};
  int known = 1;
  if (in_.what.lost_commits)
    on.session() << fmt::format("select count(*) from runtimes where runtime_id = {}", *me),
        soci::into(known);
  if (known == 0)
    return;
  for (const auto& [id, epoch] : in_handler_) {
    int count = 1;
    if (in_.what.shared)
      on.session() << fmt::format(
          "select count(*) from in_hand h, json_each(h.jobs) e where h.runtime_id = {}"
          " and e.value ->> 0 = {} and e.value ->> 1 = {}",
          *me, id, epoch),
          soci::into(count);
    const auto found = in_.calls.find({id, epoch});
    if (found != in_.calls.end() && found->second.runtime == number_)
      found->second.must_be_charged = count > 0;
  }
}

}  // namespace millrace::simulation
