#pragma once

#include "actors/caf.hpp"
#include "actors/inspector/protocol/views.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>

/// What may be asked of an inspector, and what it answers.
namespace millrace::actors {

/// Compared before anything else is said; raised when one side could misunderstand the other.
inline constexpr int inspection_version = 2;

/// Jobs or events in one answer, at most.
inline constexpr std::int64_t most_records = 1000;

struct get_runtime {
  using answer = runtime_view;
};
struct get_actors {
  using answer = actors_view;
};
struct get_stages {
  using answer = stages_view;
};
struct get_health_view {
  using answer = health_view;
};
struct get_runtimes {
  using answer = runtimes_view;
};
struct get_services_view {
  using answer = services_view;
};
struct get_jobs {
  using answer = jobs_view;
  /// Any, where it is not said; so with an empty pipeline or stage.
  std::optional<pipeline::job_state> state{};
  std::string pipeline{};
  std::string stage{};
  std::int64_t limit = 50;
};
struct get_job {
  using answer = job_view;
  pipeline::job_id job = 0;
};
struct get_events {
  using answer = events_view;
  std::optional<pipeline::job_id> job{};
  /// Empty for any.
  std::string code{};
  /// Events with a higher id; negative for the newest.
  std::int64_t after = 0;
  std::int64_t limit = most_records;
};
struct give_order {
  using answer = order_answer;
  change_order order;
};

/// Sends dead jobs back, a piece at a time: those with a higher id than `after`, to `from`, or if
/// that is empty, each to where it died.
struct send_back_dead {
  using answer = sent_back_view;
  std::string pipeline;
  std::string stage;
  std::string code;
  std::string from;
  pipeline::job_id after = 0;
  std::string by;
};

using request =
    std::variant<get_runtime, get_actors, get_stages, get_health_view, get_runtimes,
                 get_services_view, get_jobs, get_job, get_events, give_order, send_back_dead>;

namespace detail {
template <class>
struct protocol_of;
template <class... Requests>
struct protocol_of<std::variant<Requests...>> {
  using actor = actor_of<caf::result<typename Requests::answer>(Requests)...>;
  template <class T>
  static constexpr bool says =
      ((std::is_same_v<T, Requests> || std::is_same_v<T, typename Requests::answer>) || ...);
};
}  // namespace detail

/// The actor that answers them.
using inspector_actor = detail::protocol_of<request>::actor;

/// CAF carries requests and answers within the process only, so it need not know how to write them
/// down: actors/inspector/protocol/json_codec.hpp does that.
template <class T>
concept inspection_message = detail::protocol_of<request>::says<T>;

}  // namespace millrace::actors

namespace caf {
template <millrace::actors::inspection_message T>
struct allowed_unsafe_message_type<T> : std::true_type {};
}  // namespace caf
