#pragma once

#include "app/settings/settings.hpp"
#include "pipeline/definition.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// THE table of settings. The command line, the .ini file, the environment, `millrace config` and
/// config/millrace.ini all come from it.
namespace millrace::app {

/// One setting: a name, a sentence, and how it is read into and printed from a `Target`.
template <class Target>
struct option_of {
  std::string name;
  std::string help;
  /// What a value may be: "1 to 1000", "text or json".
  std::string allowed;
  /// For a default that comes from another setting: what to print for it.
  std::string derived_default;
  std::function<std::string(const Target&)> print;
  /// Answers false, and leaves the target alone, for a text that is no allowed value.
  std::function<bool(Target&, std::string_view)> read;
  /// For values that are paths: the text with a relative path counted from the folder.
  std::function<std::string(std::string_view, const std::filesystem::path&)> placed_in{};

  std::string default_text() const {
    return derived_default.empty() ? print(Target{}) : derived_default;
  }
};

using option = option_of<settings>;
using pipeline_option = option_of<pipeline::definition>;
using stage_option = option_of<pipeline::stage_definition>;
using schedule_option = option_of<schedule_choice>;
using tenant_option = option_of<storage::tenant_rules>;

/// Every setting with a fixed name, section by section.
const std::vector<option>& options();

/// The settings of a pipeline beside its stages: `pipeline.PIPELINE.NAME`.
const std::vector<pipeline_option>& pipeline_options();

/// The settings of a stage: `stage.PIPELINE.STAGE.NAME`.
const std::vector<stage_option>& stage_options();

/// The settings of a schedule: `schedule.NAME.NAME_OF_SETTING`.
const std::vector<schedule_option>& schedule_options();

/// The settings of a tenant: `tenant.NAME.NAME_OF_SETTING`.
const std::vector<tenant_option>& tenant_options();

/// The option of that name, or null.
template <class Target>
const option_of<Target>* find(const std::vector<option_of<Target>>& all, std::string_view name) {
  for (const auto& one : all)
    if (one.name == name)
      return &one;
  return nullptr;
}

}  // namespace millrace::app
