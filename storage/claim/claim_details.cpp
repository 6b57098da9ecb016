#include "storage/claim/claim_details.hpp"

#include "base/check.hpp"
#include "pipeline/tracing/trace_context.hpp"
#include "storage/db/json_list.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

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

std::size_t claim_details::fit_into(std::size_t bytes) const {
  const auto jobs = static_cast<double>(bytes) / std::max(job_bytes_, 1.0);
  constexpr double most = 1e9;
  return static_cast<std::size_t>(std::clamp(jobs, 1.0, most));
}

std::set<pipeline::job_id> claim_details::load(std::span<pipeline::job* const> claimed,
                                               std::string_view ids, std::size_t bytes) {
  std::set<pipeline::job_id> unloaded;
  std::size_t sum = 0;
  std::vector<pipeline::job*> large;
  // The rows come in the order of the ids.
  auto at = claimed.begin();
  on_.prepared<std::int64_t, std::string, std::string, std::string, std::int64_t, std::string,
               std::int64_t, std::int64_t>("claim_details")
      .with("ids", ids)
      .each([&](std::int64_t id, const std::string& payload, const std::string& output,
                const std::string& tags, std::int64_t parent, const std::string& traceparent,
                std::int64_t has_key, std::int64_t is_large) {
        at = std::find_if(at, claimed.end(), [&](const auto* one) { return one->id == id; });
        MILLRACE_CHECK(at != claimed.end());
        auto& job = **at;
        if (!tags.empty())
          job.tags = read_texts(tags);
        job.parent = parent;
        job.may_have_key = has_key != 0;
        // It may have been written with SQL.
        if (const auto trace = pipeline::tracing::parse_traceparent(traceparent))
          job.traceparent = to_traceparent(*trace);
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

std::size_t claim_details::load_large(pipeline::job& claimed) {
  std::size_t bytes = 0;
  on_.prepared<std::string, std::string>("large_details")
      .with("job_id", claimed.id)
      .each([&](const std::string& payload, const std::string& output) {
        bytes = fill(claimed, payload, output);
      });
  return bytes;
}

}  // namespace millrace::storage
