#include "storage/history/job_json.hpp"

#include "base/iso8601.hpp"
#include "base/json/json_depth.hpp"
#include "base/json/json_text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace millrace::storage {
namespace {

using json = nlohmann::ordered_json;

/// How many there are in each state.
json describe_children(const job_record& job) {
  if (job.children.empty())
    return nullptr;
  auto counts = json::object();
  for (const auto& [state, count] : job.children)
    counts[state] = count;
  return counts;
}

/// As the library prints, but what embedded() made goes in as it came.
class document_writer {
 public:
  /// Without an indent it is one line.
  document_writer(std::string& to, std::optional<std::size_t> indent) : to_(to), indent_(indent) {}

  void write(const json& value, std::size_t depth) {
    if (value.is_binary())
      write_embedded(value.get_binary());
    else if (value.is_structured() && !value.empty())
      write_all(value, depth);
    else
      to_ += value.dump(-1, ' ', false, json::error_handler_t::replace);
  }

 private:
  /// Line ends may stand between the tokens of a document, and nowhere else.
  void write_embedded(const std::vector<std::uint8_t>& text) {
    const auto begin = to_.size();
    to_.append(text.begin(), text.end());
    if (!indent_)
      std::replace_if(
          to_.begin() + static_cast<std::ptrdiff_t>(begin), to_.end(),
          [](char c) { return c == '\n' || c == '\r'; }, ' ');
  }

  void write_all(const json& value, std::size_t depth) {
    to_ += value.is_object() ? '{' : '[';
    for (auto at = value.begin(); at != value.end(); ++at) {
      if (at != value.begin())
        to_ += ',';
      begin_line(depth + 1);
      if (value.is_object())
        to_ += json(at.key()).dump() + (indent_ ? ": " : ":");
      write(*at, depth + 1);
    }
    begin_line(depth);
    to_ += value.is_object() ? '}' : ']';
  }

  void begin_line(std::size_t depth) {
    if (indent_)
      to_.append(1, '\n').append(depth * *indent_, ' ');
  }

  std::string& to_;
  std::optional<std::size_t> indent_;
};

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
          {"has_begun", job.state == pipeline::job_state::working ? json(job.has_begun) : json()},
          {"cancel_requested", job.cancel_requested},
          {"correlation_id", job.correlation_id},
          {"unique_key", job.unique_key},
          {"tenant", job.tenant},
          {"tags", embedded(job.tags)},
          {"parent", job.parent != 0 ? json(job.parent) : json()},
          {"concurrency_key", job.concurrency_key},
          {"traceparent", job.traceparent},
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
  // What stands within each other deeper than that, few readers take: it would cost the whole list.
  return !is_too_deep(text) && is_json(text) ? json::binary({text.begin(), text.end()})
                                             : json(text);
}

std::string in_one_line(const json& document) {
  std::string text;
  document_writer{text, std::nullopt}.write(document, 0);
  return text;
}

std::string in_lines(const json& document) {
  constexpr std::size_t indent = 2;
  std::string text;
  document_writer{text, indent}.write(document, 0);
  return text;
}

}  // namespace millrace::storage
