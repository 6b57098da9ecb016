#pragma once

#include "app/settings/option.hpp"
#include "app/settings/sources.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

/// Steps of load() that share how a bad entry is reported.
namespace millrace::app {

/// Which source set a key last; a key that has its default is absent.
using origins = std::map<std::string, std::string, std::less<>>;

/// Which source set the key; "default" if none did.
inline std::string origin_of(std::string_view key, const origins& from) {
  const auto at = from.find(key);
  return at == from.end() ? "default" : at->second;
}

/// The value of a setting as people may see it: without secrets.
std::string shown_value(std::string_view key, std::string_view value);

/// Throws app::error: the entry's key is not known, these are.
[[noreturn]] void refuse_key(const entry& bad, const std::vector<std::string>& known);

/// Throws app::error: the entry's value is not allowed.
[[noreturn]] void refuse_value(const entry& bad, std::string_view allowed);

/// Reads the entry's value into the target, or throws.
template <class Target>
void read_into(Target& target, const option_of<Target>& known, const entry& from) {
  const bool is_placed = known.placed_in && !from.folder.empty();
  if (!known.read(target, is_placed ? known.placed_in(from.value, from.folder) : from.value))
    refuse_value(from, known.allowed);
}

/// Whether the key is about a pipeline or one of its stages.
bool is_dynamic(std::string_view key);

/// Adds the pipelines that the entries define to `pipelines` and gives stages their policies.
void read_pipelines(const std::vector<entry>& entries, std::vector<pipeline::definition>& pipelines,
                    const std::vector<std::string>& static_keys, const fault_policy& faults);

/// One `effective` for every setting of every pipeline, in order.
void list_pipelines(const std::vector<pipeline::definition>& pipelines, const origins& from,
                    std::vector<effective>& into);

/// Whether the key is about a schedule.
bool is_about_schedule(std::string_view key);

/// The schedules that the entries define, of these pipelines.
std::vector<schedule_choice> read_schedules(const std::vector<entry>& entries,
                                            const std::vector<pipeline::definition>& pipelines,
                                            const fault_policy& faults);

/// As list_pipelines().
void list_schedules(const std::vector<schedule_choice>& schedules, const origins& from,
                    std::vector<effective>& into);

/// Whether the key is about a tenant.
bool is_about_tenant(std::string_view key);

/// What holds for the tenants that the entries name; the rest is as for all tenants.
void read_tenants(const std::vector<entry>& entries, actors::runtime_settings& into,
                  const fault_policy& faults);

/// As list_pipelines().
void list_tenants(const actors::runtime_settings& values, const origins& from,
                  std::vector<effective>& into);

/// The fault of two settings that contradict each other names both keys.
void check_relations(const configuration& all, const origins& from, const fault_policy& faults);

}  // namespace millrace::app
