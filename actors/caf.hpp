#pragma once

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/config.hpp>
#include <caf/exit_reason.hpp>
#include <caf/replies_to.hpp>
#include <caf/response_promise.hpp>
#include <caf/result.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <exception>
#include <string>
#include <type_traits>
#include <utility>

/// The one place that knows which CAF millrace is built against (0.17): how interfaces are spelled,
/// and what every actor needs so that it neither dies silently nor kills its peers.
namespace millrace::actors {

namespace detail {
template <class>
struct signature;
template <class... R, class... A>
struct signature<caf::result<R...>(A...)> {
  using type = typename caf::replies_to<A...>::template with<R...>;
};
template <class... A>
struct signature<caf::result<void>(A...)> {
  using type = caf::reacts_to<A...>;
};
}  // namespace detail

/// A typed handle spelled as CAF 0.18 and later do: `actor_of<caf::result<pong>(ping), ...>`.
template <class... Functions>
using actor_of = caf::typed_actor<typename detail::signature<Functions>::type...>;

/// The interface of `Handle` and messages that the actor sends to itself.
template <class Handle, class... Functions>
using with_private =
    typename Handle::template extend<typename detail::signature<Functions>::type...>;

/// Keeps the text of what a handler threw: by default CAF loses it.
inline caf::error keep_text(std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    return caf::make_error(caf::sec::runtime_error, std::string{e.what()});
  } catch (...) {
    return caf::make_error(caf::sec::runtime_error, std::string{"unknown exception"});
  }
}

/// Unexpected messages and errors of peers must not end an actor.
template <class Self>
void harden(Self* self) {
  self->set_default_handler(caf::drop);
  self->set_exception_handler(keep_text);
  self->set_error_handler([](caf::error&) {});
}

/// Ends an actor ahead of what waits in its mailbox; a plain exit message would queue behind it.
template <class Self>
void stop_now(Self* self, const caf::strong_actor_ptr& actor, caf::error why) {
  if (actor)
    caf::anon_send<caf::message_priority::high>(caf::actor_cast<caf::actor>(actor),
                                                caf::exit_msg{self->address(), std::move(why)});
}

/// The text that keep_text() kept, or CAF's own words.
inline std::string to_text(const caf::actor_system& system, const caf::error& e) {
  if (e.category() == caf::atom("system") && e.context().match_elements<std::string>())
    return e.context().get_as<std::string>(0);
  return system.render(e);
}

/// A message that never leaves the process and so needs no serialisation says
/// `using local_message = void;`.
template <class T>
concept local_message = requires {
  typename std::remove_cvref_t<T>::local_message;
};

}  // namespace millrace::actors

namespace caf {
template <millrace::actors::local_message T>
struct allowed_unsafe_message_type<T> : std::true_type {};
}  // namespace caf
