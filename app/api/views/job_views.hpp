#pragma once

#include "actors/inspector/protocol/json_fields.hpp"
#include "storage/history/explain.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::storage {

/// Why a job is as it is.
template <class F, actors::either<explanation> X>
void list_fields(F& f, X& x) {
  f("job_id", x.job);
  f("reason", x.reason);
  f("text", x.text);
  f("next", x.next);
}

}  // namespace millrace::storage

/// What the API answers about jobs beside the views of an inspector. The documents and their
/// schemas come from the fields that are listed here.
namespace millrace::app::api {

using actors::either;

struct problem_view {
  std::string type = "about:blank";
  std::string title;
  std::int64_t status = 0;
  std::string code;
  std::string detail;
  std::string next;
};

/// Newest first.
struct job_page {
  std::vector<actors::job_row> jobs;
  std::optional<std::int64_t> next_before;
};

/// Oldest first.
struct child_page {
  std::vector<actors::job_row> jobs;
  std::optional<std::int64_t> next_after;
};

struct event_page {
  std::vector<actors::event_row> events;
  std::optional<std::int64_t> next_after;
};

struct submitted_view {
  std::int64_t job_id = 0;
  /// "made", "kept" or "replaced".
  std::string result;
};

struct submitted_batch {
  std::vector<submitted_view> jobs;
};

/// Where a job stands after an order.
struct job_place {
  std::int64_t job_id = 0;
  std::string pipeline;
  std::string stage;
  pipeline::job_state state = pipeline::job_state::queued;
  bool cancel_requested = false;
};

struct refused_view {
  std::string why;
  std::int64_t count = 0;
};

/// Jobs of one place that an order in bulk reaches.
struct reached_view {
  std::string pipeline;
  std::string stage;
  /// The code of those that died; the state of those that are moved.
  std::string of;
  std::int64_t count = 0;
};

/// What became of an order about many jobs.
struct bulk_view {
  bool dry_run = false;
  std::int64_t matched = 0;
  std::int64_t changed = 0;
  /// Jobs that were otherwise than when they were found.
  std::int64_t passed_over = 0;
  std::vector<refused_view> refused;
  std::vector<reached_view> reached;
};

struct pause_view {
  std::string pipeline;
  /// Nothing for all of them.
  std::optional<std::string> stage;
  bool paused = false;
};

template <class F, either<problem_view> X>
void list_fields(F& f, X& x) {
  f("type", x.type);
  f("title", x.title);
  f("status", x.status);
  f("code", x.code);
  f("detail", x.detail);
  f("next", x.next);
}

template <class F, either<job_page> X>
void list_fields(F& f, X& x) {
  f("jobs", x.jobs);
  f("next_before", x.next_before);
}

template <class F, either<child_page> X>
void list_fields(F& f, X& x) {
  f("jobs", x.jobs);
  f("next_after", x.next_after);
}

template <class F, either<event_page> X>
void list_fields(F& f, X& x) {
  f("events", x.events);
  f("next_after", x.next_after);
}

template <class F, either<submitted_view> X>
void list_fields(F& f, X& x) {
  f("job_id", x.job_id);
  f("result", x.result);
}

template <class F, either<submitted_batch> X>
void list_fields(F& f, X& x) {
  f("jobs", x.jobs);
}

template <class F, either<job_place> X>
void list_fields(F& f, X& x) {
  f("job_id", x.job_id);
  f("pipeline", x.pipeline);
  f("stage", x.stage);
  f("state", x.state);
  f("cancel_requested", x.cancel_requested);
}

template <class F, either<refused_view> X>
void list_fields(F& f, X& x) {
  f("why", x.why);
  f("count", x.count);
}

template <class F, either<reached_view> X>
void list_fields(F& f, X& x) {
  f("pipeline", x.pipeline);
  f("stage", x.stage);
  f("of", x.of);
  f("count", x.count);
}

template <class F, either<bulk_view> X>
void list_fields(F& f, X& x) {
  f("dry_run", x.dry_run);
  f("matched", x.matched);
  f("changed", x.changed);
  f("passed_over", x.passed_over);
  f("refused", x.refused);
  f("reached", x.reached);
}

template <class F, either<pause_view> X>
void list_fields(F& f, X& x) {
  f("pipeline", x.pipeline);
  f("stage", x.stage);
  f("paused", x.paused);
}

}  // namespace millrace::app::api
