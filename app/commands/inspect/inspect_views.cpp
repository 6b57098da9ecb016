#include "app/commands/inspect/inspect_views.hpp"

#include "app/commands/view_json.hpp"
#include "app/terminal/terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace millrace::app {
namespace {

std::string age(std::int64_t at_us, time_point now) {
  return short_duration(std::max<std::int64_t>(to_us(now) - at_us, 0));
}

/// A duration of which zero means none.
std::string or_blank(std::int64_t us) { return us == 0 ? "" : short_duration(us); }

std::string text(std::int64_t number) { return fmt::to_string(number); }

}  // namespace

std::string short_duration(std::int64_t us) {
  constexpr std::int64_t second = 1'000'000;
  constexpr std::int64_t minute = 60 * second;
  constexpr std::int64_t hour = 60 * minute;
  constexpr std::int64_t day = 24 * hour;
  const auto two = [&](std::int64_t big, const char* big_name, std::int64_t small,
                       const char* small_name) {
    const auto rest = us % big / small;
    return rest == 0 ? fmt::format("{}{}", us / big, big_name)
                     : fmt::format("{}{}{}{}", us / big, big_name, rest, small_name);
  };
  if (us < 1000)
    return fmt::format("{}us", us);
  if (us < second)
    return us < 100'000 ? fmt::format("{}.{}ms", us / 1000, us % 1000 / 100)
                        : fmt::format("{}ms", us / 1000);
  if (us < minute)
    return fmt::format("{}.{}s", us / second, us % second / 100'000);
  if (us < hour)
    return two(minute, "m", second, "s");
  return us < day ? two(hour, "h", minute, "m") : two(day, "d", hour, "h");
}

std::string per_second(std::int64_t counted_in_10_s) {
  return counted_in_10_s % 10 == 0 || counted_in_10_s >= 1000
             ? fmt::to_string(counted_in_10_s / 10)
             : fmt::format("{}.{}", counted_in_10_s / 10, counted_in_10_s % 10);
}

shown_view show(const actors::runtime_view& view, time_point now) {
  shown_view out;
  out.rows = {{{.title = "FIELD"}, {.title = "VALUE", .elastic = true}}, {}};
  out.rows.rows = {{"runtime", text(view.runtime_id)},
                   {"state", view.phase},
                   {"health", view.health},
                   {"version", view.version},
                   {"host", view.host},
                   {"pid", text(view.pid)},
                   {"running for", age(view.started_at_us, now)},
                   {"database", view.database},
                   {"data directory", view.data_dir},
                   {"jobs in hand", fmt::format("{} of {}", view.in_hand, view.in_flight_limit)},
                   {"handled per second", per_second(view.ended_in_10_s)}};
  out.document = document_of(view);
  return out;
}

shown_view show(const actors::actors_view& view) {
  shown_view out;
  out.rows = {{{.title = "ACTOR", .elastic = true},
               {.title = "STATE"},
               {.title = "DEPTH", .right = true},
               {.title = "PEAK", .right = true},
               {.title = "HANDLED", .right = true},
               {.title = "BUSY", .right = true},
               {.title = "RESTARTS", .right = true},
               {.title = "IN HAND", .right = true}},
              {}};
  for (const auto& one : view.actors) {
    out.rows.rows.push_back({one.name, one.state, text(one.depth), text(one.peak),
                             text(one.handled), short_duration(one.busy_us), text(one.restarts),
                             or_blank(std::max(one.message_age_us, one.call_age_us))});
    if (!one.last_crash.empty())
      out.note += in_words("{} crashed last with: {}\n", one.name, one.last_crash);
  }
  out.document = document_of(view);
  return out;
}

shown_view show(const actors::stages_view& view, time_point now) {
  shown_view out;
  out.rows = {{{.title = "PIPELINE", .elastic = true},
               {.title = "STAGE"},
               {.title = "QUEUED", .right = true},
               {.title = "WORKING", .right = true},
               {.title = "RETRY", .right = true},
               {.title = "DEAD", .right = true},
               {.title = "HERE", .right = true},
               {.title = "PER S", .right = true},
               {.title = "P50", .right = true},
               {.title = "P99", .right = true},
               {.title = "CALL", .right = true},
               {.title = "PAUSED", .elastic = true}},
              {}};
  const bool known = view.counted_at_us != 0;
  const auto count = [&](std::int64_t jobs) { return known ? text(jobs) : "?"; };
  for (const auto& one : view.stages) {
    const auto& jobs = one.jobs;
    const auto paused = one.paused_at_us == 0
                            ? ""
                            : fmt::format("{} by {}", age(one.paused_at_us, now), one.paused_by);
    out.rows.rows.push_back({one.pipeline, one.stage, count(jobs.queued), count(jobs.working),
                             count(jobs.retryable), count(jobs.deadletter),
                             text(one.waiting_here + one.at_work_here),
                             per_second(one.ended_in_10_s), or_blank(one.p50_us),
                             or_blank(one.p99_us), or_blank(one.call_age_us), paused});
  }
  out.note = known ? fmt::format("jobs as counted {} ago\n", age(view.counted_at_us, now))
                   : "jobs are being counted\n";
  if (!view.trouble.empty())
    out.note += in_words("they cannot be counted now: {}\n", view.trouble);
  out.document = document_of(view);
  return out;
}

shown_view show(const actors::health_view& view) {
  shown_view out;
  out.rows = {{{.title = "HEALTH"}, {.title = "WHY"}}, {}};
  for (const auto& why : view.reasons)
    out.rows.rows.push_back({view.state, why});
  if (view.reasons.empty())
    out.rows.rows.push_back({view.state, ""});
  out.document = document_of(view);
  out.is_well = view.state == "healthy";
  return out;
}

shown_view show(const actors::runtimes_view& view, time_point now) {
  shown_view out;
  out.rows = {{{.title = "RUNTIME", .right = true},
               {.title = "STATE"},
               {.title = "HOST", .elastic = true},
               {.title = "PID", .right = true},
               {.title = "VERSION"},
               {.title = "SINCE", .right = true},
               {.title = "THIS"}},
              {}};
  for (const auto& one : view.runtimes) {
    out.rows.rows.push_back({text(one.runtime_id), one.alive ? "alive" : "ended", one.host,
                             text(one.pid), one.version, age(one.started_at_us, now),
                             one.self ? "*" : ""});
  }
  if (!view.trouble.empty())
    out.note = in_words("they cannot be read now: {}\n", view.trouble);
  out.document = document_of(view);
  return out;
}

shown_view show(const actors::services_view& view, time_point now) {
  shown_view out;
  out.rows = {{{.title = "SERVICE"},
               {.title = "STATE"},
               {.title = "ENDPOINT", .elastic = true},
               {.title = "BREAKER"},
               {.title = "SINCE", .right = true},
               {.title = "WHY", .elastic = true}},
              {}};
  for (const auto& service : view.services)
    for (const auto& endpoint : service.endpoints)
      out.rows.rows.push_back({service.name, service.state, endpoint.url, endpoint.breaker,
                               age(endpoint.since_us, now), endpoint.why});
  if (!view.trouble.empty())
    out.note = in_words("they cannot be seen now: {}\n", view.trouble);
  else if (view.services.empty())
    out.note = "none: files are parsed and text is embedded in the runtime itself\n";
  out.document = document_of(view);
  return out;
}

}  // namespace millrace::app
