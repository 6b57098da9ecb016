#include "app/error.hpp"
#include "app/settings/reader.hpp"

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace millrace::app {
namespace {

constexpr std::string_view pipeline_prefix = "pipeline.";
constexpr std::string_view stage_prefix = "stage.";
constexpr std::string_view stages_suffix = ".stages";

std::string stages_key(const pipeline::definition& one) {
  return fmt::format("{}{}{}", pipeline_prefix, one.name, stages_suffix);
}

std::string pipeline_key(const pipeline::definition& one, const pipeline_option& known) {
  return fmt::format("{}{}.{}", pipeline_prefix, one.name, known.name);
}

std::string stage_key(const pipeline::definition& in, const pipeline::stage_definition& stage,
                      const stage_option& known) {
  return fmt::format("{}{}.{}.{}", stage_prefix, in.name, stage.name, known.name);
}

/// Every key that means something now that these pipelines are known.
std::vector<std::string> known_keys(const std::vector<pipeline::definition>& pipelines,
                                    std::vector<std::string> keys) {
  keys.emplace_back("pipeline.NAME.stages");
  for (const auto& one : pipelines) {
    keys.push_back(stages_key(one));
    for (const auto& known : pipeline_options())
      keys.push_back(pipeline_key(one, known));
    for (const auto& stage : one.stages)
      for (const auto& known : stage_options())
        keys.push_back(stage_key(one, stage, known));
  }
  return keys;
}

std::vector<pipeline::stage_definition> read_stages(const entry& from) {
  std::vector<std::string> names;
  boost::split(names, from.value, boost::is_any_of(","));
  std::vector<pipeline::stage_definition> stages;
  for (auto& name : names) {
    boost::trim(name);
    if (name.empty())
      refuse_value(from, "names of stages, separated by commas");
    stages.emplace_back().name = name;
  }
  return stages;
}

/// The definition that `pipeline.NAME.stages` is about: a new one, or one of an earlier source.
void define(const entry& from, std::size_t built_in, std::vector<pipeline::definition>& pipelines) {
  auto name = from.key.substr(pipeline_prefix.size());
  name.resize(name.size() - stages_suffix.size());
  const auto at = std::find_if(pipelines.begin(), pipelines.end(),
                               [&](const auto& one) { return one.name == name; });
  if (at - pipelines.begin() < static_cast<std::ptrdiff_t>(built_in) && at != pipelines.end())
    throw bad_usage(fmt::format("cannot use {}", from.origin),
                    fmt::format("the pipeline `{}` is built in", name),
                    "choose another name, or tune its stages with [stage.PIPELINE.STAGE]");
  if (at == pipelines.end())
    pipelines.push_back({.name = name, .stages = read_stages(from)});
  else
    at->stages = read_stages(from);
}

/// Gives a pipeline the setting that the entry is about; false when there is no such one.
bool tune_pipeline(const entry& from, std::vector<pipeline::definition>& pipelines) {
  for (auto& one : pipelines)
    for (const auto& known : pipeline_options())
      if (from.key == pipeline_key(one, known)) {
        read_into(one, known, from);
        return true;
      }
  return false;
}

/// Gives a stage the policy that the entry is about; false when there is no such stage or policy.
bool tune(const entry& from, std::size_t built_in, std::vector<pipeline::definition>& pipelines) {
  bool found = false;
  for (std::size_t i = 0; i < pipelines.size(); ++i)
    for (auto& stage : pipelines[i].stages)
      for (const auto& known : stage_options())
        if (from.key == stage_key(pipelines[i], stage, known)) {
          if (i < built_in && known.name == "handler")
            throw bad_usage(fmt::format("cannot use {}", from.origin),
                            fmt::format("`{}` is a stage of a built-in pipeline", stage.name),
                            "make a pipeline of your own for another handler");
          read_into(stage, known, from);
          found = true;
        }
  return found;
}

void check_handlers(const std::vector<pipeline::definition>& pipelines) {
  for (const auto& one : pipelines)
    for (const auto& stage : one.stages)
      if (stage.handler.empty())
        throw bad_usage(fmt::format("cannot use the pipeline `{}`", one.name),
                        fmt::format("its stage `{}` has no handler", stage.name),
                        fmt::format("set stage.{}.{}.handler", one.name, stage.name));
}

}  // namespace

bool is_dynamic(std::string_view key) {
  return key.starts_with(pipeline_prefix) || key.starts_with(stage_prefix);
}

void read_pipelines(const std::vector<entry>& entries, std::vector<pipeline::definition>& pipelines,
                    const std::vector<std::string>& static_keys) {
  const auto built_in = pipelines.size();
  std::vector<entry> policies;
  for (const auto& one : entries) {
    const bool defines = one.key.starts_with(pipeline_prefix) && one.key.ends_with(stages_suffix) &&
                         one.key.size() > pipeline_prefix.size() + stages_suffix.size();
    if (defines)
      define(one, built_in, pipelines);
    else
      policies.push_back(one);
  }
  for (const auto& one : policies)
    if (!tune_pipeline(one, pipelines) && !tune(one, built_in, pipelines))
      refuse_key(one, known_keys(pipelines, static_keys));
  check_handlers(pipelines);
}

void list_pipelines(const std::vector<pipeline::definition>& pipelines, const origins& from,
                    std::vector<effective>& into) {
  for (const auto& one : pipelines) {
    std::vector<std::string_view> names;
    for (const auto& stage : one.stages)
      names.push_back(stage.name);
    const auto key = stages_key(one);
    into.push_back({key, fmt::format("{}", fmt::join(names, ", ")), origin_of(key, from)});
    for (const auto& known : pipeline_options()) {
      const auto name = pipeline_key(one, known);
      into.push_back({name, known.print(one), origin_of(name, from)});
    }
    for (const auto& stage : one.stages)
      for (const auto& known : stage_options()) {
        const auto name = stage_key(one, stage, known);
        into.push_back({name, known.print(stage), origin_of(name, from)});
      }
  }
}

}  // namespace millrace::app
