#pragma once

#include "actors/inspector/protocol/views.hpp"
#include "app/terminal/table.hpp"
#include "base/time.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>

/// How the views of an inspector look.
namespace millrace::app {

/// A view in each of its forms.
struct shown_view {
  table rows;
  /// Below it, after a blank line.
  std::optional<table> more{};
  /// What people read below the table; may be empty.
  std::string note;
  nlohmann::ordered_json document;
  /// Whether what is shown is as it should be: the answer of `inspect health`.
  bool is_well = true;
};

/// `now` is the time on this side: ages of times on the wall are shown by it.
shown_view show(const actors::runtime_view& view, time_point now);
shown_view show(const actors::actors_view& view);
shown_view show(const actors::stages_view& view, time_point now);
shown_view show(const actors::health_view& view);
shown_view show(const actors::runtimes_view& view, time_point now);
shown_view show(const actors::services_view& view, time_point now);

shown_view show(const actors::jobs_view& view);
/// The job, how far its handler says it is, why it waits or failed, and its events. Throws
/// app::error when there is none.
shown_view show_job(const actors::job_view& view);
/// Why it waits or failed, or how far its handler says it is.
shown_view show_explanation(const actors::job_view& view, pipeline::job_id job);

/// A duration as people read it, in three digits or so: "850us", "12.3ms", "4.1s", "3m20s", "2d4h".
std::string short_duration(std::int64_t us);

/// How far a handler says it is: "40 %, page 12 of 30 (2.1s ago)".
std::string progress_text(const actors::progress_view& said);

/// A rate, of what was counted in ten seconds.
std::string per_second(std::int64_t counted_in_10_s);

}  // namespace millrace::app
