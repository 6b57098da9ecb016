#include "actors/front_door.hpp"

#include "actors/attach_to.hpp"
#include "actors/inspection.hpp"

#include <caf/io/basp_broker.hpp>
#include <caf/io/doorman.hpp>
#include <caf/io/middleman.hpp>
#include <caf/io/middleman_actor_impl.hpp>
#include <caf/io/network/acceptor.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/scoped_actor.hpp>
#include <unistd.h>

#include <optional>
#include <utility>

namespace millrace::actors {
namespace {

namespace network = caf::io::network;

/// CAF finds a published actor by the port of its doorman; ours listens on none.
constexpr std::uint16_t the_port = 1;

network::default_multiplexer& multiplexer_of(caf::actor_system& system) {
  return dynamic_cast<network::default_multiplexer&>(system.middleman().backend());
}

/// Reads connections from the gate.
class passage final : public network::acceptor {
 public:
  using acceptor::acceptor;

  void handle_event(network::operation op) override {
    handle_event_impl(op, *this);
    // Another one has taken its place; an ended pipe would wake the loop for ever.
    if (ended_)
      passivate();
  }

  bool try_accept(network::native_socket& result, network::native_socket pipe) {
    const auto got = ::read(pipe, &result, sizeof(result));
    ended_ = got == 0;
    return got == sizeof(result);
  }

 private:
  bool ended_ = false;
};

class gate_doorman final : public caf::io::doorman {
 public:
  gate_doorman(network::default_multiplexer& in, network::native_socket pipe)
      : doorman{network::accept_hdl_from_socket(pipe)}, passage_{in, pipe} {}

  bool new_connection() override {
    if (detached())
      return false;
    auto& loop = passage_.backend();
    auto connection = loop.new_scribe(passage_.accepted_socket());
    const auto handle = connection->hdl();
    parent()->add_scribe(std::move(connection));
    return doorman::new_connection(&loop, handle);
  }
  void graceful_shutdown() override {
    passage_.graceful_shutdown();
    detach(&passage_.backend(), false);
  }
  void launch() override { passage_.start(this); }
  std::string addr() const override { return "gate"; }
  std::uint16_t port() const override { return the_port; }
  void add_to_loop() override { passage_.activate(this); }
  void remove_from_loop() override { passage_.passivate(); }

 private:
  passage passage_;
};

/// Opens the gate instead of a port, and uses a connection that is there instead of making one.
class door_middleman final : public caf::io::middleman_actor_impl {
 public:
  door_middleman(caf::actor_config& config, caf::actor broker, gate* in_front, int connection)
      : middleman_actor_impl{config, std::move(broker)},
        in_front_{in_front},
        connection_{connection} {}

  const char* name() const override { return "front_door"; }

 protected:
  caf::expected<caf::io::scribe_ptr> connect(const std::string&, std::uint16_t) override {
    if (!connection_)
      return caf::sec::cannot_connect_to_node;
    network::nonblocking(connection_.get(), true);
    return multiplexer_of(system()).new_scribe(connection_.release());
  }
  caf::expected<caf::io::doorman_ptr> open(std::uint16_t, const char*, bool) override {
    if (in_front_ == nullptr)
      return caf::sec::cannot_open_port;
    auto pipe = in_front_->admissions();
    return caf::make_counted<gate_doorman>(multiplexer_of(system()), pipe.release());
  }

 private:
  gate* const in_front_;
  storage::unique_fd connection_;
};

caf::io::middleman_actor spawn_door(caf::actor_system& system, gate* in_front, int connection) {
  return system.spawn<door_middleman, caf::detached + caf::hidden>(
      system.middleman().named_broker<caf::io::basp_broker>(caf::atom("BASP")), in_front,
      connection);
}

}  // namespace

void load_attaching(caf::actor_system_config& config) {
  config.add_message_types<caf::id_block::millrace_inspection>();
  config.load<caf::io::middleman>();
  // What comes from outside is read where it arrives: the inspector answers also while the one
  // thread of the scheduler hangs.
  config.set("middleman.workers", 0);
}

front_door::front_door(caf::actor_system& system, gate& in_front)
    : publisher_{spawn_door(system, &in_front, -1)} {}

front_door::~front_door() { caf::anon_send_exit(publisher_, caf::exit_reason::kill); }

published meet(caf::actor_system& system, storage::unique_fd connection,
               std::chrono::seconds patience) {
  const auto door = spawn_door(system, nullptr, connection.release());
  published met;
  std::optional<caf::error> failure;
  caf::scoped_actor me{system};
  me->request(door, patience, caf::connect_atom_v, std::string{"gate"}, the_port)
      .receive(
          [&](const caf::node_id&, caf::strong_actor_ptr& actor, std::set<std::string>& interface) {
            met = {std::move(actor), std::move(interface)};
          },
          [&](caf::error& e) { failure = std::move(e); });
  caf::anon_send_exit(door, caf::exit_reason::kill);
  if (failure || !met.actor)
    throw attach_error{"the runtime greets, but its inspector does not answer",
                       "see the log of the runtime"};
  return met;
}

}  // namespace millrace::actors
