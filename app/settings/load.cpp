#include "app/settings/load.hpp"

#include "app/error.hpp"
#include "app/nearest.hpp"
#include "app/settings/base_dir.hpp"
#include "app/settings/reader.hpp"
#include "base/secrets.hpp"
#include "storage/db/database.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

namespace millrace::app {
namespace {

void refuse_doubles(const std::vector<entry>& source, const fault_policy& faults) {
  origins seen;
  for (const auto& one : source)
    faults.attempt([&] {
      const auto [at, is_new] = seen.emplace(one.key, one.origin);
      if (!is_new)
        throw bad_setting(one.origin, fmt::format("`{}` was set before ({})", one.key, at->second),
                          "remove one of the two");
    });
}

/// Relative paths in a file count from its folder, wherever millrace is started.
std::vector<entry> read_file(const std::string& file, const fault_policy& faults) {
  auto entries = read_ini(file, faults);
  const auto folder = std::filesystem::absolute(file).parent_path();
  for (auto& one : entries)
    one.folder = folder;
  return entries;
}

/// The entries of all sources; a later entry overrides an earlier one.
std::vector<entry> gather(const load_request& request, const fault_policy& faults) {
  std::vector<entry> all;
  const auto append = [&](std::vector<entry> source) {
    refuse_doubles(source, faults);
    std::move(source.begin(), source.end(), std::back_inserter(all));
  };
  if (!request.config_file.empty())
    faults.attempt([&] { append(read_file(request.config_file, faults)); });
  append(read_environment(request.variables));
  append(request.command_line);
  return all;
}

std::filesystem::path default_data_dir(const environment& variables) {
  if (const auto base = base_dir(variables, "XDG_DATA_HOME", ".local/share"); !base.empty())
    return base / "millrace";
  throw bad_usage("cannot choose a data directory", "neither XDG_DATA_HOME nor HOME is set",
                  "set runtime.data_dir");
}

std::filesystem::path expanded(const std::filesystem::path& path, const environment& variables) {
  const auto text = path.string();
  const auto home = variables.find("HOME");
  if ((text == "~" || text.starts_with("~/")) && home != variables.end())
    return home->second + text.substr(1);
  return std::filesystem::absolute(path).lexically_normal();
}

/// Fills in the defaults that come from other settings or from the environment.
void derive(settings& values, const origins& from, const environment& variables) {
  auto& runtime = values.runtime;
  runtime.data_dir = from.contains("runtime.data_dir") ? expanded(runtime.data_dir, variables)
                                                       : default_data_dir(variables);
  if (!from.contains("runtime.heartbeat"))
    runtime.heartbeat = runtime.lease / 3;
  runtime.database.lease = std::chrono::ceil<std::chrono::milliseconds>(runtime.lease);
  const auto in_data_dir = [&](std::string text) {
    constexpr std::string_view data_dir = "{data_dir}";
    if (const auto at = text.find(data_dir); at != std::string::npos)
      text.replace(at, data_dir.size(), runtime.data_dir.string());
    return text;
  };
  auto& url = runtime.database.url;
  url = in_data_dir(url.empty() ? find(options(), "storage.url")->default_text() : url);
  const auto file = [&](const char* key, std::filesystem::path& value) {
    value = expanded(
        in_data_dir(from.contains(key) ? value.string() : find(options(), key)->default_text()),
        variables);
  };
  file("storage.blob_dir", values.blob_dir);
  file("inspector.cert", runtime.inspector_files.certificate);
  file("inspector.key", runtime.inspector_files.key);
  file("inspector.ca", runtime.inspector_files.authority);
  if (auto& archive = runtime.retention.archive; !archive.empty())
    archive = expanded(in_data_dir(archive.string()), variables);
}

/// What holds for a pipeline that has no times of its own.
void derive(std::vector<pipeline::definition>& pipelines,
            const storage::retention_settings& retention) {
  for (auto& one : pipelines) {
    one.retention_finished = one.retention_finished.value_or(retention.finished);
    one.retention_dead = one.retention_dead.value_or(retention.dead);
  }
}

/// How a variable would be written that forgets that a dot is two underscores.
std::string with_single_underscores(const std::string& key) {
  auto name = variable_name(key);
  for (auto at = name.find("__"); at != std::string::npos; at = name.find("__"))
    name.erase(at, 1);
  return name;
}

/// What there is besides a key that is near to no known one: the settings of its section, or the
/// sections.
std::string known_near(const std::string& key, const std::vector<std::string>& known) {
  const auto section_of = [](const std::string& name) { return name.substr(0, name.rfind('.')); };
  std::vector<std::string> of_section;
  std::vector<std::string> sections;
  for (const auto& one : known) {
    if (section_of(one) == section_of(key))
      of_section.push_back(one);
    if (sections.empty() || sections.back() != section_of(one))
      sections.push_back(section_of(one));
  }
  return list_of_known(of_section.empty() ? sections : of_section) +
         " See `millrace config --template`";
}

/// Names the variables that are taken for no setting. Throws for one that was surely meant as one.
void note_other_variables(const environment& variables, const std::vector<std::string>& keys,
                          configuration& all) {
  constexpr std::size_t few_edits = 3;
  for (const auto& name : other_variables(variables)) {
    std::string meant;
    auto distance = few_edits;
    for (const auto& key : keys)
      if (const auto edits = edit_distance(with_single_underscores(key), name); edits < distance) {
        distance = edits;
        meant = key;
      }
    if (distance == 0) {
      std::replace(meant.begin(), meant.end(), '.', '_');
      refuse_key({meant, variables.at(name), fmt::format("environment {}", name)}, keys);
    }
    const auto hint =
        meant.empty() ? "" : fmt::format("; did you mean `{}`?", variable_name(meant));
    all.listing.push_back({name, "", fmt::format("environment, ignored: no setting{}", hint)});
    all.ignored_variables.push_back(name + hint);
  }
}

void check_catalog(const std::vector<pipeline::definition>& pipelines) {
  try {
    pipeline::catalog{pipelines};
  } catch (const millrace::error& bad) {
    throw bad_usage(bad.summary(), bad.why(), bad.next());
  }
}

}  // namespace

std::string shown_value(std::string_view key, std::string_view value) {
  return key == "storage.url" ? storage::without_password(value) : without_secrets(value);
}

void refuse_key(const entry& bad, const std::vector<std::string>& known) {
  const auto name = near_name(bad.key, known);
  const bool variable = bad.origin.starts_with("environment ");
  throw bad_setting(bad.origin, fmt::format("unknown setting `{}`", bad.key),
                    name.empty()
                        ? known_near(bad.key, known)
                        : fmt::format("did you mean `{}`?", variable ? variable_name(name) : name));
}

void refuse_value(const entry& bad, std::string_view allowed) {
  // These may hold a secret by mistake, which must not reach a log.
  const bool shows = !bad.key.ends_with(".endpoints") && !bad.key.ends_with("_endpoint") &&
                     !bad.key.ends_with("_env") && !bad.key.ends_with("_url");
  throw bad_setting(
      bad.origin,
      fmt::format("`{}{}` is not allowed", bad.key,
                  shows ? " = " + without_secrets(shown_value(bad.key, bad.value)) : ""),
      fmt::format("allowed is: {}", allowed));
}

configuration load(const load_request& request, std::vector<fault>* noted) {
  const fault_policy faults{noted};
  configuration all;
  all.file = request.config_file;
  all.pipelines = request.built_in;
  std::vector<std::string> keys;
  for (const auto& known : options())
    keys.push_back(known.name);

  origins from;
  std::vector<entry> dynamic;
  std::vector<entry> schedules;
  std::vector<entry> tenants;
  std::vector<entry> unknown;
  for (const auto& one : gather(request, faults)) {
    from.insert_or_assign(one.key, one.origin);
    if (const auto* known = find(options(), one.key))
      faults.attempt([&] { read_into(all.values, *known, one); });
    else
      (is_dynamic(one.key)          ? dynamic
       : is_about_schedule(one.key) ? schedules
       : is_about_tenant(one.key)   ? tenants
                                    : unknown)
          .push_back(one);
  }
  read_pipelines(dynamic, all.pipelines, keys, faults);
  all.schedules = read_schedules(schedules, all.pipelines, faults);
  read_tenants(tenants, all.values.runtime, faults);
  for (const auto& one : unknown)
    faults.attempt([&] { refuse_key(one, keys); });

  faults.attempt([&] { derive(all.values, from, request.variables); });
  derive(all.pipelines, all.values.runtime.retention);
  for (const auto& known : options())
    all.listing.push_back({known.name, known.print(all.values), origin_of(known.name, from)});
  list_pipelines(all.pipelines, from, all.listing);
  list_schedules(all.schedules, from, all.listing);
  list_tenants(all.values.runtime, from, all.listing);
  for (auto& one : all.listing)
    one.value = shown_value(one.key, one.value);
  faults.attempt([&] { note_other_variables(request.variables, keys, all); });
  check_relations(all, from, faults);
  // What it refuses follows from other faults, where there are any.
  if (noted == nullptr || noted->empty())
    faults.attempt([&] { check_catalog(all.pipelines); });
  return all;
}

}  // namespace millrace::app
