#include "storage/claim/waiting_notes.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

namespace millrace::storage {
namespace {

/// The first job of each level, found without a copy of any text.
class first_of_levels {
 public:
  void add(const pipeline::definition& in, std::uint16_t stage, std::string_view tenant,
           int priority, const index_place& at) {
    auto& first = all_.try_emplace({&in, stage, tenant, priority}, at).first->second;
    first = std::min(first, at);
  }

  template <class Tell>
  void each(Tell tell) const {
    for (const auto& [level, at] : all_) {
      const auto& [in, stage, tenant, priority] = level;
      tell(level_of_jobs{{in->name, in->stages.at(stage).name, std::string{tenant}}, priority}, at);
    }
  }

 private:
  std::map<std::tuple<const pipeline::definition*, std::uint16_t, std::string_view, int>,
           index_place>
      all_;
};

}  // namespace

void waiting_notes::note(const level_of_jobs& level, const index_place& at) {
  if (claimer_.has_places())
    claimer_.came_back(level, at);
  else
    kept_->add(level, at);
}

void waiting_notes::note(std::span<const pending_change> changes) {
  if (!are_wanted())
    return;
  first_of_levels first;
  for (const auto& one : changes)
    if (one.became == change_result::held && one.to.state != pipeline::job_state::working &&
        !has_ended(one.to.state))
      first.add(*one.in, one.to.stage, one.job->tenant, one.job->priority,
                {to_us(one.to.run_at), one.job->id});
  first.each([&](const auto& level, const auto& at) { note(level, at); });
}

void waiting_notes::note(std::span<const new_job> jobs, std::span<const job_id> ids,
                         time_point now) {
  if (!are_wanted())
    return;
  first_of_levels first;
  std::map<int, index_place> unsorted;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto& one = jobs[i];
    const index_place at{to_us(one.run_at.value_or(now)), ids[i]};
    if (one.concurrency_key.empty()) {
      first.add(pipelines_.at(one.pipeline), one.stage, one.tenant, one.priority, at);
      continue;
    }
    auto& of_level = unsorted.try_emplace(one.priority, at).first->second;
    of_level = std::min(of_level, at);
  }
  first.each([&](const auto& level, const auto& at) { note(level, at); });
  for (const auto& [priority, at] : unsorted)
    note_unsorted(priority, at);
}

}  // namespace millrace::storage
