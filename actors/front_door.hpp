#pragma once

#include "actors/gate.hpp"
#include "storage/files.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/io/middleman_actor.hpp>

#include <chrono>
#include <set>
#include <string>

/// CAF's own protocol between nodes (BASP), over connections that somebody else has made and
/// checked. CAF listens nowhere and connects nowhere by itself.
namespace millrace::actors {

/// Loads what the nodes need into an actor system to be.
void load_attaching(caf::actor_system_config& config);

/// Through it an actor is published to whoever passes the gate.
class front_door {
 public:
  /// The gate must outlive the actor system.
  front_door(caf::actor_system& system, gate& in_front);
  ~front_door();
  front_door(const front_door&) = delete;
  front_door& operator=(const front_door&) = delete;

  const caf::io::middleman_actor& publisher() const { return publisher_; }

 private:
  caf::io::middleman_actor publisher_;
};

/// The actor that the other side of the connection publishes, with the names of the messages it
/// takes. Throws pipeline::error when the other side does not answer in time.
struct published {
  caf::strong_actor_ptr actor;
  std::set<std::string> interface;
};
published meet(caf::actor_system& system, storage::unique_fd connection,
               std::chrono::seconds patience);

}  // namespace millrace::actors
