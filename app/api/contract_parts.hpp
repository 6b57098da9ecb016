#pragma once

#include "app/api/contract.hpp"
#include "pipeline/job.hpp"
#include "pipeline/unique.hpp"
#include "storage/access/tokens.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// What the tables of the contract are written with, and the tables themselves, in the order of the
/// documentation.
namespace millrace::app::api {

extern const std::vector<route> job_routes;
extern const std::vector<route> order_routes;
extern const std::vector<route> view_routes;
extern const std::vector<route> server_routes;

template <class All>
std::vector<std::string> names_of(const All& all) {
  std::vector<std::string> names;
  for (const auto one : all)
    names.emplace_back(to_string(one));
  return names;
}

inline parameter text(std::string name, std::string help) {
  return {std::move(name), value_kind::text, std::move(help)};
}

inline parameter moment(std::string name, std::string help) {
  return {std::move(name), value_kind::moment, std::move(help)};
}

inline parameter needed(parameter one) {
  one.required = true;
  return one;
}

inline parameter number(std::string name, std::string help, std::int64_t least, std::int64_t most) {
  return {.name = std::move(name),
          .kind = value_kind::number,
          .help = std::move(help),
          .least = least,
          .most = most};
}

inline parameter choice(std::string name, std::string help, std::vector<std::string> choices) {
  return {.name = std::move(name),
          .kind = value_kind::choice,
          .help = std::move(help),
          .choices = std::move(choices)};
}

inline constexpr std::int64_t largest_id = (std::int64_t{1} << 53) - 1;
inline constexpr std::size_t most_submitted = std::size_t{64} << 20;

inline parameter limit(std::int64_t most) { return number("limit", "So many at most.", 1, most); }

inline parameter after(std::string help) { return number("after", std::move(help), 0, largest_id); }

inline parameter pipeline_filter() { return text("pipeline", "Only jobs of this pipeline."); }
inline parameter stage_filter() { return text("stage", "Only jobs at this stage."); }
inline parameter code_filter() { return text("code", "Only jobs that died of this code."); }
inline parameter dry_run() {
  return {.name = "dry_run", .kind = value_kind::flag, .help = "Only say how many, and where."};
}

inline parameter traceparent() {
  return text("traceparent",
              "Where the trace of the request goes on, which the jobs are a part of (W3C Trace "
              "Context).");
}

inline std::vector<parameter> place() {
  return {needed(text("pipeline", "The pipeline.")),
          text("stage", "The stage; all of them if not given.")};
}

}  // namespace millrace::app::api
