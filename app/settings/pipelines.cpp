#include "app/error.hpp"
#include "app/settings/reader.hpp"

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <map>
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

/// Finds definitions and stages by what their keys say, so that the time to read a configuration
/// grows with its size and no faster.
class pipeline_index {
 public:
  explicit pipeline_index(std::vector<pipeline::definition>& pipelines)
      : pipelines_{pipelines}, built_in_{pipelines.size()} {
    for (std::size_t i = 0; i < built_in_; ++i)
      by_name_.emplace(pipelines[i].name, i);
  }

  /// The definition that `pipeline.NAME.stages` is about: a new one, or one of an earlier source.
  void define(const entry& from) {
    auto name = from.key.substr(pipeline_prefix.size());
    name.resize(name.size() - stages_suffix.size());
    const auto [at, is_new] = by_name_.emplace(name, pipelines_.size());
    if (at->second < built_in_)
      throw bad_setting(from.origin, fmt::format("the pipeline `{}` is built in", name),
                        "choose another name, or tune its stages with [stage.PIPELINE.STAGE]");
    if (is_new)
      pipelines_.push_back({.name = name, .stages = read_stages(from)});
    else
      pipelines_[at->second].stages = read_stages(from);
  }

  /// Call it when all pipelines are defined.
  void add_stages() {
    for (std::size_t i = 0; i < pipelines_.size(); ++i)
      for (auto& stage : pipelines_[i].stages)
        stages_.emplace(fmt::format("{}.{}", pipelines_[i].name, stage.name), place{i, &stage});
  }

  /// Gives a pipeline the setting, or a stage the policy, that the entry is about; false when there
  /// is no such one.
  bool tune(const entry& from) const {
    const std::string_view key = from.key;
    const auto dot = key.rfind('.');
    const auto is_of = [&](std::string_view prefix) {
      return key.starts_with(prefix) && dot >= prefix.size();
    };
    const auto named = [&](std::string_view prefix) {
      return key.substr(prefix.size(), dot - prefix.size());
    };
    if (is_of(pipeline_prefix))
      return tune_pipeline(named(pipeline_prefix), key.substr(dot + 1), from);
    return is_of(stage_prefix) && tune_stages(named(stage_prefix), key.substr(dot + 1), from);
  }

 private:
  struct place {
    std::size_t pipeline = 0;
    pipeline::stage_definition* stage = nullptr;
  };

  bool tune_pipeline(std::string_view name, std::string_view setting, const entry& from) const {
    const auto at = by_name_.find(name);
    const auto* known = find(pipeline_options(), setting);
    if (at == by_name_.end() || known == nullptr)
      return false;
    read_into(pipelines_[at->second], *known, from);
    return true;
  }

  bool tune_stages(std::string_view name, std::string_view setting, const entry& from) const {
    const auto [begin, end] = stages_.equal_range(name);
    const auto* known = find(stage_options(), setting);
    if (begin == end || known == nullptr)
      return false;
    for (auto at = begin; at != end; ++at) {
      const auto& [pipeline, stage] = at->second;
      if (pipeline < built_in_ && known->name == "handler")
        throw bad_setting(from.origin,
                          fmt::format("`{}` is a stage of a built-in pipeline", stage->name),
                          "make a pipeline of your own for another handler");
      read_into(*stage, *known, from);
    }
    return true;
  }

  std::vector<pipeline::definition>& pipelines_;
  std::size_t built_in_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
  /// By "PIPELINE.STAGE", which dots within the two may make of several.
  std::multimap<std::string, place, std::less<>> stages_;
};

void check_handler(const pipeline::definition& one, const pipeline::stage_definition& stage) {
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
                    const std::vector<std::string>& static_keys, const fault_policy& faults) {
  pipeline_index index{pipelines};
  std::vector<entry> policies;
  for (const auto& one : entries) {
    const bool defines = one.key.starts_with(pipeline_prefix) && one.key.ends_with(stages_suffix) &&
                         one.key.size() > pipeline_prefix.size() + stages_suffix.size();
    if (defines)
      faults.attempt([&] { index.define(one); });
    else
      policies.push_back(one);
  }
  index.add_stages();
  for (const auto& one : policies)
    faults.attempt([&] {
      if (!index.tune(one))
        refuse_key(one, known_keys(pipelines, static_keys));
    });
  for (const auto& one : pipelines)
    for (const auto& stage : one.stages)
      faults.attempt([&] { check_handler(one, stage); });
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
