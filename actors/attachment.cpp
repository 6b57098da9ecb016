#include "actors/attachment.hpp"

#include "actors/front_door.hpp"
#include "actors/inspection.hpp"
#include "actors/quiet_config.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include <chrono>
#include <exception>
#include <future>
#include <utility>

namespace millrace::actors {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 5s;

struct attaching_config : quiet_config {
  attaching_config() { load_attaching(*this); }
};

}  // namespace

struct attachment::node {
  explicit node(storage::unique_fd connection) {
    auto met = meet(system, std::move(connection), patience);
    const auto wanted = system.message_types(caf::detail::type_list<inspector_actor>{});
    if (!system.assignable(met.interface, wanted))
      throw attach_error{"what answers is no inspector of this version",
                         "upgrade the runtime or this millrace"};
    inspector = caf::actor_cast<inspector_actor>(met.actor);
  }

  template <class Answer, class Question>
  Answer ask(Question question) {
    const auto reply = std::make_shared<std::promise<Answer>>();
    auto answer = reply->get_future();
    // An actor for each question: a node that goes away answers nothing, and only an actor that
    // monitors it is told.
    system.spawn([=, to = inspector](caf::event_based_actor* self) {
      const auto fail = [=](const std::string& why) {
        reply->set_exception(std::make_exception_ptr(
            attach_error{why, "see the runtime's log, or start one with `millrace run`"}));
        self->quit();
      };
      self->set_down_handler([=](const caf::down_msg&) { fail("the runtime went away"); });
      self->monitor(to);
      self->request(to, patience, question)
          .then(
              [=](Answer& msg) {
                reply->set_value(std::move(msg));
                self->quit();
              },
              [=](const caf::error& e) {
                fail(e == caf::sec::request_timeout ? "the runtime does not answer"
                                                    : "the runtime went away");
              });
    });
    return answer.get();
  }

  attaching_config config;
  caf::actor_system system{config};
  inspector_actor inspector;
};

attachment::attachment(const std::filesystem::path& data_dir, const std::string& version)
    : node_{std::make_unique<node>(attach_to(data_dir, version))} {}

attachment::~attachment() = default;

runtime_view attachment::runtime() { return node_->ask<runtime_view>(get_runtime{}); }
actors_view attachment::actors() { return node_->ask<actors_view>(get_actors{}); }
stages_view attachment::stages() { return node_->ask<stages_view>(get_stages{}); }
health_view attachment::health() { return node_->ask<health_view>(get_health_view{}); }
runtimes_view attachment::runtimes() { return node_->ask<runtimes_view>(get_runtimes{}); }

order_answer attachment::change(const change_order& what) { return node_->ask<order_answer>(what); }

}  // namespace millrace::actors
