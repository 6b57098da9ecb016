#include "app/error.hpp"
#include "app/nearest.hpp"
#include "app/settings/allowed.hpp"
#include "app/settings/kinds.hpp"
#include "app/settings/make_option.hpp"
#include "app/settings/named_group.hpp"
#include "app/settings/reader.hpp"
#include "base/cron.hpp"
#include "base/error.hpp"
#include "pipeline/job_fields.hpp"
#include "pipeline/payload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <utility>

namespace millrace::app {
namespace {

bool is_payload_or_nothing(std::string_view text) {
  return text.empty() || pipeline::is_payload(text);
}

bool is_label(std::string_view text) {
  try {
    pipeline::read_label("text", text);
    return true;
  } catch (const pipeline::bad_field&) {
    return false;
  }
}

bool is_label_or_nothing(std::string_view text) { return text.empty() || is_label(text); }

std::vector<schedule_option> make_schedule_options() {
// How to reach a member of the settings, for reading and for writing.
#define MEMBER(path) ([](auto& in) -> auto& { return in.path; })
  const auto add = [](auto... what) { return make_option<schedule_choice>(std::move(what)...); };
  return {
      add("cron", MEMBER(cron), kinds::text{not_empty, "cron's five fields and a time zone"},
          "When: cron's five fields (minute, hour, day, month, weekday) and a time zone.",
          "0 3 * * * Europe/Berlin"),
      add("pipeline", MEMBER(pipeline), kinds::text{is_plain_name, "the name of a pipeline"},
          "The pipeline whose jobs are made.", "nightly"),
      add("payload", MEMBER(payload),
          kinds::text{is_payload_or_nothing, std::string{pipeline::payload_words}},
          "What each job is told, a JSON document.", R"({"all": true})"),
      add("priority", MEMBER(priority),
          kinds::number{std::numeric_limits<int>::min(), std::numeric_limits<int>::max()},
          "Jobs with a higher one go first."),
      add("missed", MEMBER(missed), kinds::choice<storage::missed_runs_names>{},
          "Times that no runtime was there for make one job together, none, or one each."),
      add("overlap", MEMBER(overlap), kinds::choice<storage::overlap_names>{},
          "A time that comes while the last job has not ended makes another one, or none, or one "
          "when that has ended."),
      add("tenant", MEMBER(tenant), kinds::text{is_label_or_nothing, "a name in one line"},
          "Whose jobs they are."),
      add("tags", MEMBER(tags), kinds::list{is_label, "texts in one line"},
          "What the jobs can be found by."),
  };
#undef MEMBER
}

named_group<schedule_choice> group() { return {"schedule.", schedule_options()}; }

[[noreturn]] void refuse_schedule(const schedule_choice& one, std::string why, std::string next) {
  throw bad_usage(fmt::format("cannot use the schedule `{}`", one.name), std::move(why),
                  std::move(next));
}

/// `pipelines` are the names of those that there are, in order.
void check(const schedule_choice& one, const std::vector<std::string>& pipelines) {
  for (const auto& [name, value] : {std::pair{"cron", &one.cron}, {"pipeline", &one.pipeline}})
    if (value->empty())
      refuse_schedule(one, fmt::format("it has no {}", name),
                      fmt::format("set {}", group().key_of(one.name, name)));
  try {
    cron{one.cron};
  } catch (const millrace::error& bad) {
    refuse_schedule(one, fmt::format("{}: {}", bad.summary(), bad.why()), bad.next());
  }
  if (!std::binary_search(pipelines.begin(), pipelines.end(), one.pipeline))
    refuse_schedule(one, fmt::format("there is no pipeline `{}`", one.pipeline),
                    did_you_mean(one.pipeline, pipelines));
}

}  // namespace

const std::vector<schedule_option>& schedule_options() {
  static const auto all = make_schedule_options();
  return all;
}

bool is_about_schedule(std::string_view key) { return group().has(key); }

std::vector<schedule_choice> read_schedules(const std::vector<entry>& entries,
                                            const std::vector<pipeline::definition>& pipelines,
                                            const fault_policy& faults) {
  std::vector<schedule_choice> all;
  std::map<std::string, std::size_t, std::less<>> positions;
  const auto find_or_add = [&](std::string_view name) -> auto& {
    const auto [at, is_new] = positions.emplace(name, all.size());
    if (is_new)
      all.push_back({.name = at->first});
    return all[at->second];
  };
  for (const auto& one : entries)
    faults.attempt([&] { group().read(one, find_or_add); });
  std::vector<std::string> names;
  names.reserve(pipelines.size());
  for (const auto& one : pipelines)
    names.push_back(one.name);
  std::sort(names.begin(), names.end());
  for (const auto& one : all)
    faults.attempt([&] { check(one, names); });
  return all;
}

void list_schedules(const std::vector<schedule_choice>& schedules, const origins& from,
                    std::vector<effective>& into) {
  for (const auto& one : schedules)
    group().list(one.name, one, from, into);
}

}  // namespace millrace::app
