#pragma once

#include "actors/inspector/protocol/requests.hpp"

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <variant>
#include <vector>

/// The fields of requests and answers, in the order in which documents have them: the one place
/// from where each gets onto the wire and into what `inspect --json` prints. A change of a name on
/// the wire, or of its meaning, raises inspection_version.
namespace millrace::actors {

/// How a value stands in a document where it stands otherwise than on the wire.
enum class shown_as : std::uint8_t {
  same,
  /// A moment in ISO 8601, nothing for 0: microseconds on the wire.
  moment,
  /// Nothing for 0.
  or_null,
  /// Thousandths on the wire.
  thousandths,
  /// A JSON document: its text on the wire.
  document
};

/// A field of a request or an answer.
struct field {
  constexpr field(const char* name) : wire{name}, shown{name} {}
  constexpr field(const char* on_the_wire, const char* in_documents, shown_as form = shown_as::same)
      : wire{on_the_wire}, shown{in_documents}, as{form} {}

  const char* wire;
  /// Null where documents do not have it.
  const char* shown;
  shown_as as = shown_as::same;
};

/// What asks for each alternative of `request`, in order.
inline constexpr std::array<const char*, std::variant_size_v<request>> request_names{
    "runtime", "actors", "stages", "health", "runtimes",      "services",
    "jobs",    "job",    "events", "order",  "send_back_dead"};

/// What a field may be beside a text, a number, an enumeration, a moment or a struct with fields.
template <class T>
struct is_list : std::false_type {};
template <class T>
struct is_list<std::vector<T>> : std::true_type {};
template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};

/// T or const T: each list serves the writer and the reader.
template <class X, class T>
concept either = std::same_as<std::remove_const_t<X>, T>;

template <class F, class X>
requires std::is_empty_v<X>
void list_fields(F&, X&) {}

template <class F, either<get_jobs> X>
void list_fields(F& f, X& x) {
  f("state", x.state);
  f("pipeline", x.pipeline);
  f("stage", x.stage);
  f("limit", x.limit);
}

template <class F, either<get_job> X>
void list_fields(F& f, X& x) {
  f("job", x.job);
}

template <class F, either<get_events> X>
void list_fields(F& f, X& x) {
  f("job", x.job);
  f("code", x.code);
  f("after", x.after);
  f("limit", x.limit);
}

template <class F, either<give_order> X>
void list_fields(F& f, X& x) {
  f("what", x.order.what);
  f("pipeline", x.order.pipeline);
  f("stage", x.order.stage);
  f("job", x.order.job);
  f("by", x.order.by);
}

template <class F, either<send_back_dead> X>
void list_fields(F& f, X& x) {
  f("pipeline", x.pipeline);
  f("stage", x.stage);
  f("code", x.code);
  f("from", x.from);
  f("after", x.after);
  f("by", x.by);
}

template <class F, either<refused_jobs> X>
void list_fields(F& f, X& x) {
  f("why", x.why);
  f("count", x.count);
}

template <class F, either<sent_back_view> X>
void list_fields(F& f, X& x) {
  f("trouble", x.trouble);
  f("replayed", x.replayed);
  f("changed", x.changed);
  f("refused", x.refused);
  f("next_after", x.next_after);
}

template <class F, either<order_answer> X>
void list_fields(F& f, X& x) {
  f("done", x.done);
  f("text", x.text);
}

template <class F, either<runtime_view> X>
void list_fields(F& f, X& x) {
  f("runtime_id", x.runtime_id);
  f({"phase", "state"}, x.phase);
  f("health", x.health);
  f("version", x.version);
  f("host", x.host);
  f("pid", x.pid);
  f({"started_at_us", "started_at", shown_as::moment}, x.started_at_us);
  f("database", x.database);
  f("data_dir", x.data_dir);
  f("in_hand", x.in_hand);
  f("in_flight_limit", x.in_flight_limit);
  f({"ended_in_10_s", "handled_in_10_s"}, x.ended_in_10_s);
}

template <class F, either<actor_view> X>
void list_fields(F& f, X& x) {
  f({"name", "actor"}, x.name);
  f("state", x.state);
  f("depth", x.depth);
  f("peak", x.peak);
  f("handled", x.handled);
  f("busy_us", x.busy_us);
  f("restarts", x.restarts);
  f("last_crash", x.last_crash);
  f("message_age_us", x.message_age_us);
  f("call_age_us", x.call_age_us);
}

template <class F, either<actors_view> X>
void list_fields(F& f, X& x) {
  f("actors", x.actors);
}

template <class F, either<job_counts> X>
void list_fields(F& f, X& x) {
  f("queued", x.queued);
  f("working", x.working);
  f("retryable", x.retryable);
  f("done", x.done);
  f("deadletter", x.deadletter);
  f("cancelled", x.cancelled);
}

template <class F, either<stage_view> X>
void list_fields(F& f, X& x) {
  f("pipeline", x.pipeline);
  f("stage", x.stage);
  f("jobs", x.jobs);
  f({"paused_at_us", "paused_at", shown_as::moment}, x.paused_at_us);
  f("paused_by", x.paused_by);
  f("waiting_here", x.waiting_here);
  f("at_work_here", x.at_work_here);
  f("concurrency", x.concurrency);
  f({"ended", "handled"}, x.ended);
  f({"ended_in_10_s", "handled_in_10_s"}, x.ended_in_10_s);
  f("p50_us", x.p50_us);
  f("p99_us", x.p99_us);
  f("call_age_us", x.call_age_us);
}

template <class F, either<stages_view> X>
void list_fields(F& f, X& x) {
  f({"counted_at_us", "counted_at", shown_as::moment}, x.counted_at_us);
  f("trouble", x.trouble);
  f("stages", x.stages);
}

template <class F, either<health_view> X>
void list_fields(F& f, X& x) {
  f("state", x.state);
  f("reasons", x.reasons);
}

template <class F, either<runtime_row> X>
void list_fields(F& f, X& x) {
  f("runtime_id", x.runtime_id);
  f("alive", x.alive);
  f("ended", x.ended);
  f("host", x.host);
  f("pid", x.pid);
  f("version", x.version);
  f({"started_at_us", "started_at", shown_as::moment}, x.started_at_us);
  f({"lease_until_us", "lease_until", shown_as::moment}, x.lease_until_us);
  f("self", x.self);
}

template <class F, either<runtimes_view> X>
void list_fields(F& f, X& x) {
  f({"read_at_us", "read_at", shown_as::moment}, x.read_at_us);
  f("trouble", x.trouble);
  f("runtimes", x.runtimes);
}

template <class F, either<endpoint_view> X>
void list_fields(F& f, X& x) {
  f("url", x.url);
  f("breaker", x.breaker);
  f("is_well", x.is_well);
  f({"since_us", "since", shown_as::moment}, x.since_us);
  f("why", x.why);
}

template <class F, either<service_view> X>
void list_fields(F& f, X& x) {
  f({"name", "service"}, x.name);
  f("state", x.state);
  f({"since_us", "since", shown_as::moment}, x.since_us);
  f("endpoints", x.endpoints);
}

template <class F, either<services_view> X>
void list_fields(F& f, X& x) {
  f("trouble", x.trouble);
  f("services", x.services);
}

template <class F, either<children_row> X>
void list_fields(F& f, X& x) {
  f("state", x.state);
  f("count", x.count);
}

template <class F, either<job_row> X>
void list_fields(F& f, X& x) {
  f({"job", "job_id"}, x.id);
  f("pipeline", x.pipeline);
  f("stage", x.stage);
  f("state", x.state);
  f("epoch", x.epoch);
  f("attempt", x.attempt);
  f("crashes", x.crashes);
  f("priority", x.priority);
  f({"run_at_us", "run_at"}, x.run_at);
  f({"created_at_us", "created_at"}, x.created_at);
  f({"updated_at_us", "updated_at"}, x.updated_at);
  f("claimed_by", x.claimed_by);
  f("has_begun", x.has_begun);
  f("cancel_requested", x.cancel_requested);
  f("correlation_id", x.correlation_id);
  f("unique_key", x.unique_key);
  f("tenant", x.tenant);
  f({"tags", "tags", shown_as::document}, x.tags);
  f({"parent", "parent", shown_as::or_null}, x.parent);
  f("concurrency_key", x.concurrency_key);
  f("traceparent", x.traceparent);
  f("children", x.children);
  f("code", x.code);
  f("message", x.message);
  f({"payload", "payload", shown_as::document}, x.payload);
  f({"output", "output", shown_as::document}, x.output);
}

template <class F, either<event_row> X>
void list_fields(F& f, X& x) {
  f({"event", "event_id"}, x.id);
  f({"job", "job_id"}, x.job);
  f("pipeline", x.pipeline);
  f("stage", x.stage);
  f("type", x.type);
  f("severity", x.severity);
  f("code", x.code);
  f("message", x.message);
  f("epoch", x.epoch);
  f("attempt", x.attempt);
  f({"at_us", "at"}, x.at);
  f("correlation_id", x.correlation_id);
}

template <class F, either<progress_view> X>
void list_fields(F& f, X& x) {
  f({"job", nullptr}, x.job);
  f({"percent_thousandths", "percent", shown_as::thousandths}, x.percent_thousandths);
  f("message", x.message);
  f("age_us", x.age_us);
}

template <class F, either<jobs_view> X>
void list_fields(F& f, X& x) {
  f("trouble", x.trouble);
  f("jobs", x.jobs);
  f("progress", x.progress);
}

template <class F, either<job_view> X>
void list_fields(F& f, X& x) {
  f("trouble", x.trouble);
  f("job", x.job);
  f("progress", x.progress);
  f("reason", x.reason);
  f("text", x.text);
  f("next", x.next);
  f("events", x.events);
}

template <class F, either<events_view> X>
void list_fields(F& f, X& x) {
  f("trouble", x.trouble);
  f("events", x.events);
  f("next_after", x.next_after);
}

}  // namespace millrace::actors
