#include "actors/runtime/service_pulse.hpp"

#include "actors/caf.hpp"

#include <caf/scoped_actor.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace millrace::actors {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds longest_interval = 10s;

}  // namespace

service_pulse::service_pulse(const service_manager& manager, std::shared_ptr<runtime_status> status)
    : manager_{manager}, status_{std::move(status)} {}

void service_pulse::enter(runtime_phase phase) const {
  // A runtime that drains is not stopping: an operator may let it drain for hours.
  if (phase == runtime_phase::running)
    manager_.tell("READY=1\n" + describe());
  else if (phase == runtime_phase::stopping)
    manager_.tell("STOPPING=1\n" + describe());
}

int service_pulse::interval_ms() const {
  if (!manager_)
    return -1;
  auto interval = longest_interval;
  // Three beats in the time of the watchdog, so that one that comes late harms nothing.
  if (const auto watchdog = manager_.watchdog())
    interval = std::min(interval, std::chrono::floor<std::chrono::milliseconds>(*watchdog / 3));
  return static_cast<int>(std::max(interval, 1ms).count());
}

void service_pulse::beat(caf::actor_system& system, const supervisor_actor& supervisor) const {
  caf::scoped_actor self{system};
  self->request(supervisor, std::chrono::milliseconds{interval_ms()} / 2, get_components{})
      .receive([&](const components&) { manager_.tell("WATCHDOG=1\n" + describe()); },
               [&](const caf::error&) { manager_.tell("STATUS=the supervisor does not answer"); });
}

void service_pulse::around_reload(const std::function<void()>& reload) const {
  manager_.tell(reloading_lines(std::chrono::steady_clock::now()));
  reload();
  // Before the runtime is ready this is not said: the manager waits for that.
  manager_.tell(status_->phase() == runtime_phase::starting ? describe()
                                                            : "READY=1\n" + describe());
}

std::string service_pulse::describe() const {
  const auto worked = status_->tally()->all();
  const auto seen = status_->last_report();
  return fmt::format("STATUS={}: {} jobs done, {} dead{}", to_string(status_->phase()), worked.done,
                     worked.dead,
                     seen ? fmt::format(", {}", to_string(judge_health(seen->reasons).state)) : "");
}

}  // namespace millrace::actors
