#include "app/error.hpp"
#include "app/nearest.hpp"
#include "app/payload.hpp"
#include "app/settings/allowed.hpp"
#include "app/settings/kinds.hpp"
#include "app/settings/make_option.hpp"
#include "app/settings/named_group.hpp"
#include "app/settings/reader.hpp"
#include "pipeline/cron.hpp"
#include "pipeline/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace millrace::app {
namespace {

bool is_payload_or_nothing(std::string_view text) { return text.empty() || is_payload(text); }

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
          kinds::text{is_payload_or_nothing, std::string{payload_words}},
          "What each job is told, a JSON document.", R"({"all": true})"),
      add("priority", MEMBER(priority),
          kinds::number{std::numeric_limits<int>::min(), std::numeric_limits<int>::max()},
          "Jobs with a higher one go first."),
      add("missed", MEMBER(missed), kinds::choice{{"once", "never", "each"}},
          "Times that no runtime was there for make one job together, none, or one each."),
  };
#undef MEMBER
}

named_group<schedule_choice> group() { return {"schedule.", schedule_options()}; }

schedule_choice& find_or_add(std::vector<schedule_choice>& all, std::string_view name) {
  const auto at = std::find_if(all.begin(), all.end(),
                               [&](const schedule_choice& one) { return one.name == name; });
  if (at != all.end())
    return *at;
  all.push_back({.name = std::string{name}});
  return all.back();
}

[[noreturn]] void refuse_schedule(const schedule_choice& one, std::string why, std::string next) {
  throw bad_usage(fmt::format("cannot use the schedule `{}`", one.name), std::move(why),
                  std::move(next));
}

void check(const schedule_choice& one, const std::vector<pipeline::definition>& pipelines) {
  for (const auto& [name, value] : {std::pair{"cron", &one.cron}, {"pipeline", &one.pipeline}})
    if (value->empty())
      refuse_schedule(one, fmt::format("it has no {}", name),
                      fmt::format("set {}", group().key_of(one.name, name)));
  try {
    pipeline::cron{one.cron};
  } catch (const pipeline::error& bad) {
    refuse_schedule(one, fmt::format("{}: {}", bad.summary(), bad.why()), bad.next());
  }
  std::vector<std::string> known;
  for (const auto& each : pipelines)
    known.push_back(each.name);
  if (std::find(known.begin(), known.end(), one.pipeline) == known.end())
    refuse_schedule(one, fmt::format("there is no pipeline `{}`", one.pipeline),
                    did_you_mean(one.pipeline, known));
}

}  // namespace

const std::vector<schedule_option>& schedule_options() {
  static const auto all = make_schedule_options();
  return all;
}

bool is_about_schedule(std::string_view key) { return group().has(key); }

std::vector<schedule_choice> read_schedules(const std::vector<entry>& entries,
                                            const std::vector<pipeline::definition>& pipelines) {
  std::vector<schedule_choice> all;
  for (const auto& one : entries)
    group().read(
        one, [&](std::string_view name) -> auto& { return find_or_add(all, name); });
  for (const auto& one : all)
    check(one, pipelines);
  return all;
}

void list_schedules(const std::vector<schedule_choice>& schedules, const origins& from,
                    std::vector<effective>& into) {
  for (const auto& one : schedules)
    group().list(one.name, one, from, into);
}

}  // namespace millrace::app
