#include "storage/job_json.hpp"

#include "pipeline/iso8601.hpp"

namespace millrace::storage {
namespace {

using json = nlohmann::ordered_json;
using pipeline::to_iso8601_us;

/// How many there are in each state.
json describe_children(const job_record& job) {
  if (job.children.empty())
    return nullptr;
  auto counts = json::object();
  for (const auto& [state, count] : job.children)
    counts[state] = count;
  return counts;
}

}  // namespace

json describe(const job_record& job) {
  return {{"job_id", job.id},
          {"pipeline", job.pipeline},
          {"stage", job.stage},
          {"state", to_string(job.state)},
          {"epoch", job.epoch},
          {"attempt", job.attempt},
          {"crashes", job.crashes},
          {"priority", job.priority},
          {"run_at", to_iso8601_us(job.run_at)},
          {"created_at", to_iso8601_us(job.created_at)},
          {"updated_at", to_iso8601_us(job.updated_at)},
          {"claimed_by", job.claimed_by ? json(*job.claimed_by) : json()},
          {"cancel_requested", job.cancel_requested},
          {"correlation_id", job.correlation_id},
          {"unique_key", job.unique_key},
          {"tenant", job.tenant},
          {"tags", embedded(job.tags)},
          {"parent", job.parent != 0 ? json(job.parent) : json()},
          {"children", describe_children(job)},
          {"code", job.code},
          {"message", job.message},
          {"payload", embedded(job.payload)},
          {"output", embedded(job.output)}};
}

json describe(const event_record& event) {
  return {{"event_id", event.id},
          {"job_id", event.job},
          {"pipeline", event.pipeline},
          {"stage", event.stage},
          {"type", event.type},
          {"severity", event.severity},
          {"code", event.code},
          {"message", event.message},
          {"epoch", event.epoch},
          {"attempt", event.attempt},
          {"at", to_iso8601_us(event.at)},
          {"correlation_id", event.correlation_id}};
}

json describe(const job_record& job, const std::vector<event_record>& events) {
  auto document = describe(job);
  document["events"] = json::array();
  for (const auto& one : events)
    document["events"].push_back(describe(one));
  return document;
}

json embedded(const std::string& text) {
  if (text.empty())
    return nullptr;
  auto document = json::parse(text, nullptr, false);
  return document.is_discarded() ? json(text) : document;
}

std::string in_one_line(const json& document) {
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace millrace::storage
