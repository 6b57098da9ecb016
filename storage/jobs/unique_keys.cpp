#include "storage/jobs/unique_keys.hpp"

#include "storage/db/id_list.hpp"
#include "storage/db/json_list.hpp"

namespace millrace::storage {
namespace {

using pipeline::job_id;

std::string list_keys(const std::set<key_name>& keys) {
  json_list list;
  for (const auto& one : keys) {
    json_list row;
    row.add(one.pipeline);
    row.add(one.key);
    list.add(row);
  }
  return std::string{list.finish()};
}

void read_states(connection& on, std::map<key_name, key_holder>& holders) {
  id_list ids{on.dialect(), holders.size()};
  for (const auto& [name, holder] : holders)
    ids.add(holder.job);
  std::map<job_id, pipeline::job_state> states;
  on.prepared<std::int64_t, std::string>("job_states")
      .with("ids", ids.finish())
      .each([&](job_id id, const std::string& state) {
        states[id] = pipeline::parse_job_state(state).value();
      });
  for (auto& [name, holder] : holders)
    if (const auto at = states.find(holder.job); at != states.end())
      holder.state = at->second;
}

}  // namespace

std::map<key_name, key_holder> lock_keys(connection& on, const std::set<key_name>& keys) {
  const auto list = list_keys(keys);
  std::map<key_name, key_holder> holders;
  // One that was there when it was to be made may be deleted before it can be locked.
  for (int tries = 0; holders.size() < keys.size(); ++tries) {
    if (tries == 10)
      throw error{error_kind::transient, "cannot lock unique keys",
                  "they are being deleted all the time", "try again"};
    on.prepared<>("open_keys").with("keys", list).run();
    holders.clear();
    on.prepared<std::string, std::string, std::int64_t, std::string>("key_holders")
        .with("keys", list)
        .each([&](const std::string& in, const std::string& key, job_id job,
                  const std::string& scope) {
          holders[{in, key}] = {
              job, pipeline::parse_unique_scope(scope).value_or(pipeline::unique_scope::unfinished),
              std::nullopt};
        });
  }
  if (!holders.empty())
    read_states(on, holders);
  return holders;
}

void take_keys(connection& on, std::span<const key_taker> takers) {
  if (takers.empty())
    return;
  json_list rows;
  for (const auto& one : takers) {
    json_list row;
    row.add(one.name.pipeline);
    row.add(one.name.key);
    row.add(one.job);
    row.add(to_string(one.scope));
    rows.add(row);
  }
  on.prepared<>("take_keys").with("rows", rows.finish()).run();
}

std::map<job_id, key_taker> retake_keys(connection& on, const std::vector<job_id>& jobs,
                                        const std::string& in_pipeline) {
  id_list ids{on.dialect(), jobs.size()};
  for (const auto id : jobs)
    ids.add(id);
  std::vector<key_taker> wanted;
  std::set<key_name> names;
  on.prepared<std::int64_t, std::string, std::string, std::string>("keys_of_jobs")
      .with("ids", ids.finish())
      .each(
          [&](job_id id, const std::string& own, const std::string& key, const std::string& scope) {
            const auto& in = in_pipeline.empty() ? own : in_pipeline;
            wanted.push_back(
                {{in, key},
                 id,
                 pipeline::parse_unique_scope(scope).value_or(pipeline::unique_scope::unfinished)});
            names.insert({in, key});
          });
  std::map<job_id, key_taker> refused;
  if (wanted.empty())
    return refused;
  auto holders = lock_keys(on, names);
  std::vector<key_taker> takers;
  for (const auto& one : wanted) {
    auto& holder = holders.at(one.name);
    if (holder.job != one.job && holder.holds()) {
      refused[one.job] = {one.name, holder.job, holder.scope};
      continue;
    }
    holder = {one.job, one.scope, pipeline::job_state::queued};
    takers.push_back(one);
  }
  take_keys(on, takers);
  return refused;
}

}  // namespace millrace::storage
