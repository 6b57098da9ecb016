#include "tests/support/virtual_tree.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace millrace::tests {

using namespace actors;

struct virtual_tree::test_config : caf::actor_system_config {
  test_config() { set("scheduler.policy", caf::atom("testing")); }
};

virtual_tree::virtual_tree()
    : config_(std::make_unique<test_config>()),
      system_(std::make_unique<caf::actor_system>(*config_)) {}

virtual_tree::~virtual_tree() {
  if (!has_ended() && supervisor_)
    kill();
  supervisor_ = nullptr;
}

void virtual_tree::spawn(const tree_dependencies& around, const runtime_settings& settings,
                         const runtime_parts& parts, std::vector<child_spec> more) {
  supervisor_ = spawn_tree(*system_, around, settings, parts, report_, std::move(more));
  caf::actor_cast<caf::strong_actor_ptr>(supervisor_)
      ->get()
      ->attach_functor([ended = ended_](const caf::error&) { *ended = true; });
}

caf::scheduler::test_coordinator& virtual_tree::scheduler() {
  return dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler());
}

void virtual_tree::stop() { caf::anon_send(supervisor_, stop_runtime{}); }

void virtual_tree::kill() {
  caf::anon_send_exit(supervisor_, caf::exit_reason::kill);
  run();
}

components virtual_tree::components() {
  actors::components answer;
  caf::scoped_actor me{*system_};
  auto request = me->request(supervisor_, caf::infinite, get_components{});
  run();
  request.receive([&](actors::components& msg) { answer = std::move(msg); },
                  [](const caf::error&) {});
  return answer;
}

caf::actor virtual_tree::find(const std::string& name) {
  const auto all = components().alive;
  const auto at =
      std::find_if(all.begin(), all.end(), [&](const component& one) { return one.name == name; });
  return at == all.end() ? caf::actor{} : at->handle;
}

void virtual_tree::crash(const caf::actor& victim) {
  caf::anon_send(victim, caf::exit_msg{victim->address(), caf::make_error(caf::sec::runtime_error,
                                                                          std::string{"a bug"})});
}

}  // namespace millrace::tests
