#pragma once

#include "actors/caf.hpp"
#include "actors/inspector/protocol/views.hpp"

#include <cstdint>
#include <type_traits>
#include <variant>

/// What may be asked of an inspector, and what it answers.
namespace millrace::actors {

/// Compared before anything else is said; raised when one side could misunderstand the other.
inline constexpr int inspection_version = 2;

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
  storage::job_filter filter;
};
struct get_job {
  using answer = job_view;
  storage::job_id job = 0;
};
/// The newest when the filter's `after` is negative.
struct get_events {
  using answer = events_view;
  storage::event_filter filter;
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
  storage::job_id after = 0;
  std::string by;
};

using question =
    std::variant<get_runtime, get_actors, get_stages, get_health_view, get_runtimes,
                 get_services_view, get_jobs, get_job, get_events, give_order, send_back_dead>;

/// Jobs or events in one answer, at most.
inline constexpr std::int64_t most_records = 1000;

namespace detail {
template <class>
struct asked;
template <class... Questions>
struct asked<std::variant<Questions...>> {
  using actor = actor_of<caf::result<typename Questions::answer>(Questions)...>;
  template <class T>
  static constexpr bool says =
      ((std::is_same_v<T, Questions> || std::is_same_v<T, typename Questions::answer>) || ...);
};
}  // namespace detail

/// The actor that answers them.
using inspector_actor = detail::asked<question>::actor;

/// CAF carries questions and answers within the process only, so it need not know how to write them
/// down: actors/inspector/protocol/json_codec.hpp does that.
template <class T>
concept inspection_message = detail::asked<question>::says<T>;

}  // namespace millrace::actors

namespace caf {
template <millrace::actors::inspection_message T>
struct allowed_unsafe_message_type<T> : std::true_type {};
}  // namespace caf
