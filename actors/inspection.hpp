#pragma once

#include "actors/caf.hpp"
#include "actors/views.hpp"

#include <caf/meta/type_name.hpp>
#include <caf/type_id.hpp>

/// What an inspector and who attaches to it say to each other: the only messages that leave the
/// process. Whoever changes anything here raises inspection_version.
namespace millrace::actors {

/// Compared before anything else is said.
inline constexpr int inspection_version = 1;

struct get_runtime {};
struct get_actors {};
struct get_stages {};
struct get_health_view {};
struct get_runtimes {};

// How each of them is written and read: CAF wants the fields one by one.
#define MILLRACE_INSPECT(type, ...)                                   \
  template <class Inspector>                                          \
  typename Inspector::result_type inspect(Inspector& f, type& x) {    \
    (void)x;                                                          \
    return f(caf::meta::type_name(#type) __VA_OPT__(, ) __VA_ARGS__); \
  }

MILLRACE_INSPECT(get_runtime)
MILLRACE_INSPECT(get_actors)
MILLRACE_INSPECT(get_stages)
MILLRACE_INSPECT(get_health_view)
MILLRACE_INSPECT(get_runtimes)
MILLRACE_INSPECT(runtime_view, x.runtime_id, x.host, x.pid, x.version, x.started_at_us, x.database,
                 x.data_dir, x.phase, x.health, x.in_flight_limit, x.in_hand, x.ended_in_10_s)
MILLRACE_INSPECT(actor_view, x.name, x.state, x.restarts, x.last_crash, x.depth, x.peak, x.handled,
                 x.busy_us, x.message_age_us, x.call_age_us)
MILLRACE_INSPECT(actors_view, x.actors)
MILLRACE_INSPECT(job_counts, x.queued, x.working, x.retryable, x.done, x.deadletter, x.cancelled)
MILLRACE_INSPECT(stage_view, x.pipeline, x.stage, x.jobs, x.paused_at_us, x.paused_by,
                 x.waiting_here, x.at_work_here, x.concurrency, x.ended, x.ended_in_10_s, x.p50_us,
                 x.p99_us, x.call_age_us)
MILLRACE_INSPECT(stages_view, x.counted_at_us, x.trouble, x.stages)
MILLRACE_INSPECT(health_view, x.state, x.reasons)
MILLRACE_INSPECT(runtime_row, x.runtime_id, x.host, x.pid, x.version, x.started_at_us,
                 x.lease_until_us, x.alive, x.self)
MILLRACE_INSPECT(runtimes_view, x.read_at_us, x.trouble, x.runtimes)
MILLRACE_INSPECT(change_order, x.what, x.pipeline, x.stage, x.job, x.by)
MILLRACE_INSPECT(order_answer, x.done, x.text)

#undef MILLRACE_INSPECT

/// What who attaches may ask.
using inspector_actor =
    actor_of<caf::result<runtime_view>(get_runtime), caf::result<actors_view>(get_actors),
             caf::result<stages_view>(get_stages), caf::result<health_view>(get_health_view),
             caf::result<runtimes_view>(get_runtimes), caf::result<order_answer>(change_order)>;

}  // namespace millrace::actors

CAF_BEGIN_TYPE_ID_BLOCK(millrace_inspection, caf::first_custom_type_id)
CAF_ADD_TYPE_ID(millrace_inspection, (millrace::actors::get_runtime))
CAF_ADD_TYPE_ID(millrace_inspection, (millrace::actors::get_actors))
CAF_ADD_TYPE_ID(millrace_inspection, (millrace::actors::get_stages))
CAF_ADD_TYPE_ID(millrace_inspection, (millrace::actors::get_health_view))
CAF_ADD_TYPE_ID(millrace_inspection, (millrace::actors::get_runtimes))
CAF_ADD_TYPE_ID(millrace_inspection, (millrace::actors::runtime_view))
CAF_ADD_TYPE_ID(millrace_inspection, (millrace::actors::actors_view))
CAF_ADD_TYPE_ID(millrace_inspection, (millrace::actors::stages_view))
CAF_ADD_TYPE_ID(millrace_inspection, (millrace::actors::health_view))
CAF_ADD_TYPE_ID(millrace_inspection, (millrace::actors::runtimes_view))
CAF_ADD_TYPE_ID(millrace_inspection, (millrace::actors::change_order))
CAF_ADD_TYPE_ID(millrace_inspection, (millrace::actors::order_answer))
CAF_END_TYPE_ID_BLOCK(millrace_inspection)
