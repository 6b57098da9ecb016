#include "app/commands/jobs/records.hpp"

#include "base/iso8601.hpp"
#include "base/json/json_text.hpp"
#include "storage/history/claimed_jobs.hpp"
#include "storage/history/job_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace millrace::app {
namespace {

using json = nlohmann::ordered_json;
using storage::describe;

std::string dump(const json& document) { return storage::in_lines(document) + '\n'; }

json describe(const ingest::search_hit& hit) {
  return {{"score", hit.score},
          {"document_id", hit.document_id},
          {"document_name", hit.document_name},
          {"source_path", hit.source_path},
          {"chunk_id", hit.chunk.id},
          {"ord", hit.chunk.ord},
          {"byte_begin", hit.chunk.byte_begin},
          {"byte_end", hit.chunk.byte_end},
          {"heading_path", hit.chunk.heading_path},
          {"text", hit.chunk.text}};
}

template <class Record>
json describe_all(const std::vector<Record>& records) {
  auto all = json::array();
  for (const auto& one : records)
    all.push_back(describe(one));
  return all;
}

template <class Record>
std::string dump_all(const std::vector<Record>& records) {
  return dump(describe_all(records));
}

/// The text in one line, as it fits a table.
std::string snippet(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\t';
    if (!blank || (!line.empty() && line.back() != ' '))
      line += blank ? ' ' : c;
  }
  return line;
}

/// Every field that has a value.
table field_table(const json& fields) {
  table out{{{.title = "FIELD"}, {.title = "VALUE"}}, {}};
  for (const auto& [name, value] : fields.items())
    if (!value.is_null() && value != "")
      out.rows.push_back(
          {name, value.is_string() ? value.get<std::string>() : storage::in_one_line(value)});
  return out;
}

}  // namespace

table job_table(const std::vector<storage::job_record>& jobs) {
  table out{{{.title = "JOB", .right = true},
             {.title = "PIPELINE", .elastic = true},
             {.title = "STAGE"},
             {.title = "STATE"},
             {.title = "UPDATED"},
             {.title = "CODE", .elastic = true},
             {.title = "SUBJECT", .elastic = true}},
            {}};
  for (const auto& one : jobs)
    out.rows.push_back({fmt::to_string(one.id), one.pipeline, one.stage,
                        std::string{storage::state_text(one)}, to_iso8601(one.updated_at), one.code,
                        job_subject(one)});
  return out;
}

table event_table(const std::vector<storage::event_record>& events) {
  table out{{{.title = "EVENT", .right = true, .at_least = 6},
             {.title = "AT", .at_least = 24},
             {.title = "JOB", .right = true, .at_least = 6},
             {.title = "STAGE", .at_least = 19},
             {.title = "TYPE", .at_least = 13},
             {.title = "CODE", .elastic = true},
             {.title = "MESSAGE", .elastic = true}},
            {}};
  for (const auto& one : events)
    out.rows.push_back({fmt::to_string(one.id), to_iso8601(one.at), fmt::to_string(one.job),
                        one.stage, one.type, one.code, one.message});
  return out;
}

table hit_table(const std::vector<ingest::search_hit>& hits) {
  table out{{{.title = "SCORE", .right = true},
             {.title = "DOCUMENT", .elastic = true},
             {.title = "HEADING", .elastic = true},
             {.title = "ORD", .right = true},
             {.title = "BYTES", .right = true},
             {.title = "TEXT", .elastic = true}},
            {}};
  for (const auto& one : hits)
    out.rows.push_back({fmt::format("{:.3f}", one.score), one.document_name, one.chunk.heading_path,
                        fmt::to_string(one.chunk.ord),
                        fmt::format("{}-{}", one.chunk.byte_begin, one.chunk.byte_end),
                        snippet(one.chunk.text)});
  return out;
}

json document_of(const storage::explanation& why) {
  return {{"job_id", why.job}, {"reason", why.reason}, {"text", why.text}, {"next", why.next}};
}

json document_of(const std::vector<storage::job_record>& jobs) { return describe_all(jobs); }

table job_details(const storage::job_record& job) { return field_table(describe(job)); }

table explanation_details(const storage::explanation& why) { return field_table(document_of(why)); }

std::string to_json(const std::vector<storage::job_record>& jobs) { return dump_all(jobs); }

std::string to_json(const storage::job_record& job,
                    const std::vector<storage::event_record>& events) {
  return dump(describe(job, events));
}

std::string to_json(const std::vector<storage::event_record>& events) { return dump_all(events); }

std::string to_json(const storage::event_record& event) {
  return storage::in_one_line(describe(event)) + '\n';
}

std::string to_json(const storage::explanation& why) { return dump(document_of(why)); }

std::string to_json(const std::vector<ingest::search_hit>& hits) { return dump_all(hits); }

std::string job_subject(const storage::job_record& job) {
  if (!is_json(job.payload))
    return job.payload;
  std::string subject = job.payload;
  for (const auto& [name, value] : members_of(without_blanks(job.payload)))
    if (name == "path" && value.starts_with('"'))
      subject = json::parse(value).get<std::string>();
  return subject;
}

std::string who_holds(const storage::key_is_held& held) {
  return fmt::format("job {}, which is {}, holds the unique key '{}'", held.holder,
                     to_string(held.holder_state), held.key);
}

}  // namespace millrace::app
