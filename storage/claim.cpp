#include "storage/id_list.hpp"
#include "storage/job_store.hpp"
#include "storage/json_list.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

namespace millrace::storage {

namespace {

/// Neighbours in the tables are read together, from whichever tenants they are.
std::vector<pipeline::job*> by_id(std::vector<pipeline::job>& jobs) {
  std::vector<pipeline::job*> sorted;
  sorted.reserve(jobs.size());
  for (auto& one : jobs)
    sorted.push_back(&one);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return a->id < b->id; });
  return sorted;
}

}  // namespace

claim_result job_store::claim(const claim_request& request, time_point now) {
  return guarded("cannot claim jobs", [&] {
    transaction tx{on_};
    auto taken =
        claimer_.take(request.runtime, static_cast<std::size_t>(std::max(request.limit, 0)), now);
    claim_result result{std::move(taken.jobs), taken.next, taken.kept_back};
    if (!result.jobs.empty()) {
      const auto sorted = by_id(result.jobs);
      id_list list{on_.dialect(), sorted.size()};
      for (const auto* one : sorted)
        list.add(one->id);
      const auto ids = list.finish();
      if (on_.dialect() == dialect::sqlite)
        on_.prepared<>("claim_events").with("ids", ids).with("now", pipeline::to_us(now)).run();
      load_details(sorted, ids);
      load_families(on_, pipelines_, result.jobs);
    }
    if (result.jobs.empty() && on_.is_shared())
      result.others_work = std::get<0>(on_.prepared<std::int64_t>("others_work")
                                           .with("runtime", request.runtime)
                                           .first()
                                           .value()) > 0;
    tx.commit();
    return result;
  });
}

void job_store::load_details(std::span<pipeline::job* const> claimed, std::string_view ids) {
  // The rows come in the order of the ids.
  auto at = claimed.begin();
  on_.prepared<std::int64_t, std::string, std::string, std::string, std::int64_t>("claim_details")
      .with("ids", ids)
      .each([&](std::int64_t id, const std::string& payload, const std::string& output,
                const std::string& tags, std::int64_t parent) {
        at = std::find_if(at, claimed.end(), [&](const auto* one) { return one->id == id; });
        MILLRACE_CHECK(at != claimed.end());
        auto& job = **at;
        job.payload = payload;
        job.output = output;
        if (!tags.empty())
          job.tags = read_texts(tags);
        job.parent = parent;
      });
}

std::optional<time_point> job_store::oldest_waiting(time_point now) {
  return guarded("cannot look for waiting jobs", [&] { return claimer_.oldest_waiting(now); });
}

}  // namespace millrace::storage
