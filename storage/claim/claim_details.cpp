#include "base/check.hpp"
#include "storage/db/json_list.hpp"
#include "storage/jobs/job_store.hpp"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

/// What belongs to the jobs of a claim, within the bytes that there are for it.
namespace millrace::storage {
namespace {

/// Of a claim in what is known of the size of jobs.
constexpr double weight_of_last = 0.25;

/// Answers how many bytes it has.
std::size_t fill(pipeline::job& one, const std::string& payload, const std::string& output) {
  one.payload = payload;
  one.output = output;
  one.claimed_bytes = payload.size() + output.size();
  return one.claimed_bytes;
}

}  // namespace

std::size_t job_store::fit_into(std::size_t bytes) const {
  const auto jobs = static_cast<double>(bytes) / std::max(job_bytes_, 1.0);
  constexpr double most = 1e9;
  return static_cast<std::size_t>(std::clamp(jobs, 1.0, most));
}

std::set<job_id> job_store::load_details(std::span<pipeline::job* const> claimed,
                                         std::string_view ids, std::size_t bytes) {
  std::set<job_id> unloaded;
  std::size_t sum = 0;
  std::vector<pipeline::job*> large;
  // The rows come in the order of the ids.
  auto at = claimed.begin();
  on_.prepared<std::int64_t, std::string, std::string, std::string, std::int64_t, std::int64_t>(
         "claim_details")
      .with("ids", ids)
      .each([&](std::int64_t id, const std::string& payload, const std::string& output,
                const std::string& tags, std::int64_t parent, std::int64_t is_large) {
        at = std::find_if(at, claimed.end(), [&](const auto* one) { return one->id == id; });
        MILLRACE_CHECK(at != claimed.end());
        auto& job = **at;
        if (!tags.empty())
          job.tags = read_texts(tags);
        job.parent = parent;
        if (is_large != 0)
          large.push_back(&job);
        else if (sum >= bytes)
          unloaded.insert(id);
        else
          sum += fill(job, payload, output);
      });
  for (auto* one : large) {
    if (sum >= bytes)
      unloaded.insert(one->id);
    else
      sum += load_large(*one);
  }
  const auto loaded = static_cast<double>(claimed.size() - unloaded.size());
  job_bytes_ += (static_cast<double>(sum) / loaded - job_bytes_) * weight_of_last;
  // What is larger than the others so far must not come a thousand times.
  if (!unloaded.empty())
    job_bytes_ = std::max(job_bytes_, static_cast<double>(sum) / loaded);
  return unloaded;
}

std::size_t job_store::load_large(pipeline::job& claimed) {
  std::size_t bytes = 0;
  on_.prepared<std::string, std::string>("large_details")
      .with("job_id", claimed.id)
      .each([&](const std::string& payload, const std::string& output) {
        bytes = fill(claimed, payload, output);
      });
  return bytes;
}

/// They are larger than those before.
void job_store::release_unloaded(claim_result& claimed, const std::set<job_id>& unloaded,
                                 time_point now) {
  if (unloaded.empty())
    return;
  const auto left =
      std::stable_partition(claimed.jobs.begin(), claimed.jobs.end(),
                            [&](const auto& job) { return !unloaded.contains(job.id); });
  take_out(claimed, left, pipeline::release{"there is no memory for it yet"}, now);
  claimed.kept_back = true;
}

void job_store::take_out(claim_result& claimed, std::vector<pipeline::job>::iterator first,
                         const pipeline::transition_event& what, time_point now) {
  std::vector<pending_change> changes;
  for (auto at = first; at != claimed.jobs.end(); ++at) {
    const auto& in = pipelines_.at(at->pipeline);
    auto decided = pipeline::apply(*at, what, {in, now, false, rules_.crash_limit});
    changes.push_back(
        {&*at, &in, std::get<pipeline::change>(std::move(decided)), change_result::lost});
  }
  write(changes, now);
  claimed.jobs.erase(first, claimed.jobs.end());
}

}  // namespace millrace::storage
