#include "storage/jobs/insert_jobs.hpp"

#include "base/check.hpp"
#include "storage/claim/lanes.hpp"
#include "storage/db/json_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

namespace millrace::storage {
namespace {

/// One with a concurrency key has no lane before it has a place.
bool has_key(const new_job& job) { return !job.concurrency_key.empty(); }

bool are_alike(std::span<const new_job> jobs) {
  const auto kind = [](const new_job& one) {
    return std::tie(one.pipeline, one.stage, one.priority, one.run_at, one.tenant);
  };
  return std::all_of(jobs.begin(), jobs.end(), [&](const auto& one) {
    return !has_key(one) && kind(one) == kind(jobs.front());
  });
}

/// The kinds of job in one statement of an enqueue: what is the same for many is sent once.
class kind_list {
 public:
  explicit kind_list(const pipeline::catalog& pipelines) : pipelines_(pipelines) {}

  /// The key of the job's kind, eight characters.
  const std::string& key(const new_job& job, time_point now) {
    const kind wanted{job.pipeline, job.stage,   job.priority, to_us(job.run_at.value_or(now)),
                      job.tenant,   has_key(job)};
    if (last_ == keys_.end() || last_->first != wanted) {
      auto [at, is_new] = keys_.try_emplace(wanted);
      last_ = at;
      if (is_new)
        describe(wanted, at->second);
    }
    return last_->second;
  }

  std::string finish() { return text_ + '}'; }

 private:
  using kind = std::tuple<std::uint16_t, std::uint16_t, int, std::int64_t, std::string, bool>;

  void describe(const kind& what, std::string& key) {
    const auto& [position, stage, priority, run_at, tenant, has_key] = what;
    const auto& in = pipelines_.at(position);
    key = fmt::format("{:08x}", keys_.size());
    text_ += fmt::format("{}\"{}\":[", text_.size() > 1 ? "," : "", key);
    append_json_string(text_, in.name);
    text_ += ',';
    append_json_string(text_, in.stages.at(stage).name);
    text_ += fmt::format(",{},{},", priority, run_at);
    append_json_string(text_, tenant);
    text_ += has_key ? ",1]" : ",0]";
  }

  const pipeline::catalog& pipelines_;
  std::map<kind, std::string> keys_;
  std::map<kind, std::string>::iterator last_ = keys_.end();
  std::string text_{"{"};
};

void append_correlation_id(std::string& to, const std::string& given, std::mt19937_64& random) {
  if (!given.empty()) {
    to += given;
    return;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  auto bits = random();
  for (int i = 0; i < 16; ++i, bits >>= 4)
    to += digits[bits & 15];
}

bool has_labels(const new_job& job) {
  return job.unique || !job.tenant.empty() || !job.tags.empty() || job.parent != 0 ||
         !job.traceparent.empty() || has_key(job);
}

/// The lanes that the jobs go to.
std::set<lane_key> lanes_of(std::span<const new_job> jobs, const pipeline::catalog& pipelines) {
  const auto same = [](const new_job& a, const new_job& b) {
    return std::tie(a.pipeline, a.stage, a.tenant) == std::tie(b.pipeline, b.stage, b.tenant);
  };
  std::set<lane_key> lanes;
  const new_job* last = nullptr;
  for (const auto& one : jobs) {
    if (last != nullptr && same(*last, one))
      continue;
    last = &one;
    const auto& in = pipelines.at(one.pipeline);
    lanes.insert({in.name, in.stages.at(one.stage).name, one.tenant});
  }
  return lanes;
}

/// What all jobs of an insert have in common.
struct origin {
  connection& on;
  const pipeline::catalog& pipelines;
  std::mt19937_64& random;
  time_point now;
};

statement<std::int64_t>& insert(const origin& from, std::span<const new_job> jobs) {
  const auto& [on, pipelines, random, now] = from;
  kind_list kinds{pipelines};
  json_list rows{jobs.size() * 28};
  std::string row;
  for (const auto& one : jobs) {
    row = kinds.key(one, now);
    append_correlation_id(row, one.correlation_id, random);
    rows.add(row);
  }
  return on.prepared<std::int64_t>("enqueue")
      .with("jobs", rows.finish())
      .with("kinds", kinds.finish())
      .with("now", to_us(now));
}

statement<std::int64_t>& insert_alike(const origin& from, std::span<const new_job> jobs) {
  const auto& [on, pipelines, random, now] = from;
  json_list correlation_ids{jobs.size() * 20};
  std::string id;
  for (const auto& one : jobs) {
    id.clear();
    append_correlation_id(id, one.correlation_id, random);
    correlation_ids.add(id);
  }
  const auto& kind = jobs.front();
  const auto& in = pipelines.at(kind.pipeline);
  return on.prepared<std::int64_t>("enqueue_alike")
      .with("pipeline", in.name)
      .with("stage", in.stages.at(kind.stage).name)
      .with("tenant", kind.tenant)
      .with("priority", kind.priority)
      .with("run_at", to_us(kind.run_at.value_or(now)))
      .with("correlation_ids", correlation_ids.finish())
      .with("now", to_us(now));
}

void add_labelled(connection& on, std::span<const new_job> jobs, std::span<const job_id> ids,
                  time_point now) {
  json_list rows;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const auto& one = jobs[i];
    if (!has_labels(one))
      continue;
    json_list tags;
    for (const auto& tag : one.tags)
      tags.add(tag);
    json_list row;
    row.add(ids[i]);
    row.add(one.payload);
    row.add(one.unique ? one.unique->key : std::string_view{});
    row.add(one.unique ? to_string(one.unique->holds_while) : std::string_view{});
    row.add(one.tenant);
    row.add(one.tags.empty() ? std::string_view{} : tags.finish());
    row.add(one.parent);
    row.add(one.traceparent);
    row.add(one.concurrency_key);
    rows.add(row);
  }
  on.prepared<>("add_labelled").with("rows", rows.finish()).with("now", to_us(now)).run();
}

void add_payloads(connection& on, std::span<const new_job> jobs, std::span<const job_id> ids,
                  time_point now) {
  if (std::all_of(jobs.begin(), jobs.end(),
                  [](const auto& one) { return one.payload.empty() && !has_labels(one); }))
    return;
  json_list rows;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (jobs[i].payload.empty() || has_labels(jobs[i]))
      continue;
    json_list row;
    row.add(ids[i]);
    row.add(jobs[i].payload);
    rows.add(row);
  }
  on.prepared<>("add_payloads").with("rows", rows.finish()).with("now", to_us(now)).run();
  if (std::any_of(jobs.begin(), jobs.end(), has_labels))
    add_labelled(on, jobs, ids, now);
}

}  // namespace

std::vector<job_id> insert_jobs(connection& on, const pipeline::catalog& pipelines,
                                std::span<const new_job> jobs, std::mt19937_64& random,
                                time_point now) {
  // Bounds the memory that SQLite takes to parse the parameter.
  constexpr std::size_t slice_size = 10'000;
  const origin from{on, pipelines, random, now};
  std::vector<job_id> ids;
  ids.reserve(jobs.size());
  for (auto rest = jobs; !rest.empty();) {
    const auto slice = rest.first(std::min(slice_size, rest.size()));
    rest = rest.subspan(slice.size());
    const auto first = ids.size();
    open_lanes(on, lanes_of(slice, pipelines));
    const auto keep = [&](std::int64_t id) { ids.push_back(id); };
    if (are_alike(slice))
      insert_alike(from, slice).each(keep);
    else
      insert(from, slice).each(keep);
    MILLRACE_CHECK(ids.size() == first + slice.size());
    // They rise in the order of the jobs, but need not come in it.
    std::sort(ids.begin() + static_cast<std::ptrdiff_t>(first), ids.end());
    add_payloads(on, slice, std::span{ids}.subspan(first), now);
  }
  return ids;
}

}  // namespace millrace::storage
