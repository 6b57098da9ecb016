#include "app/commands/jobs/records.hpp"

#include "app/api/views/views.hpp"
#include "app/commands/view_fields.hpp"
#include "app/commands/view_json.hpp"
#include "base/iso8601.hpp"
#include "base/json/json_text.hpp"
#include "storage/history/job_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace millrace::app {
namespace {

using json = nlohmann::ordered_json;

std::string dump(const json& document) { return storage::in_lines(document) + '\n'; }

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

/// The objects of what the database keeps as warnings.
json warnings_of(const ingest::document& document) {
  auto found = json::array();
  for (auto& one : json::parse(document.warnings, nullptr, /*allow_exceptions=*/false))
    if (one.is_object())
      found.push_back(std::move(one));
  return found;
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

table job_table(const std::vector<actors::job_row>& jobs) {
  table out{{{.title = "JOB", .right = true},
             {.title = "PIPELINE", .elastic = true},
             {.title = "STAGE"},
             {.title = "STATE"},
             {.title = "UPDATED"},
             {.title = "CODE", .elastic = true},
             {.title = "SUBJECT", .elastic = true}},
            {}};
  for (const auto& job : jobs)
    out.rows.push_back({fmt::to_string(job.id), job.pipeline, job.stage,
                        std::string{state_text(job)}, to_iso8601(job.updated_at), job.code,
                        job_subject(job)});
  return out;
}

table event_table(const std::vector<actors::event_row>& events) {
  table out{{{.title = "EVENT", .right = true, .at_least = 6},
             {.title = "AT", .at_least = 24},
             {.title = "JOB", .right = true, .at_least = 6},
             {.title = "STAGE", .at_least = 19},
             {.title = "TYPE", .at_least = 13},
             {.title = "CODE", .elastic = true},
             {.title = "MESSAGE", .elastic = true}},
            {}};
  for (const auto& event : events)
    out.rows.push_back({fmt::to_string(event.id), to_iso8601(event.at), fmt::to_string(event.job),
                        event.stage, event.type, event.code, event.message});
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

table document_table(const std::vector<ingest::document>& documents) {
  table out{{{.title = "DOCUMENT"},
             {.title = "NAME", .elastic = true},
             {.title = "STATUS"},
             {.title = "TYPE", .elastic = true},
             {.title = "CHUNKS", .right = true},
             {.title = "WARNINGS", .right = true}},
            {}};
  for (const auto& one : documents)
    out.rows.push_back({one.id, one.name, std::string{to_string(one.status)}, one.media_type,
                        fmt::to_string(one.chunk_count), fmt::to_string(warnings_of(one).size())});
  return out;
}

table chunk_table(const std::vector<ingest::chunk>& chunks) {
  table out{{{.title = "ORD", .right = true},
             {.title = "BYTES", .right = true},
             {.title = "HEADING", .elastic = true},
             {.title = "TEXT", .elastic = true}},
            {}};
  for (const auto& one : chunks)
    out.rows.push_back({fmt::to_string(one.ord), fmt::format("{}-{}", one.byte_begin, one.byte_end),
                        one.heading_path, snippet(one.text)});
  return out;
}

table version_table(const std::vector<ingest::path_version>& versions) {
  table out{{{.title = "PATH", .elastic = true},
             {.title = "VERSION", .right = true},
             {.title = "STATE"},
             {.title = "AT"},
             {.title = "DOCUMENT"}},
            {}};
  for (const auto& one : versions)
    out.rows.push_back(
        {one.path, fmt::to_string(one.version), one.state, to_iso8601(one.at), one.document_id});
  return out;
}

table document_details(const ingest::document& document) {
  auto fields = fields_of(document);
  fields.erase("warnings");
  return field_table(fields);
}

table warning_table(const ingest::document& document) {
  table out{{{.title = "WARNING"}, {.title = "COUNT", .right = true}, {.title = "MESSAGE"}}, {}};
  for (const auto& one : warnings_of(document))
    out.rows.push_back(
        {one.value("code", ""), fmt::to_string(one.value("count", 1)), one.value("message", "")});
  return out;
}

json document_of(const storage::explanation& why) { return fields_of(why); }

table job_details(const actors::job_row& job) { return field_table(document_of(job)); }

table explanation_details(const storage::explanation& why) { return field_table(document_of(why)); }

std::string to_json(const std::vector<actors::job_row>& jobs) { return dump(document_of(jobs)); }

std::string to_json(const actors::job_row& job, const std::vector<actors::event_row>& events) {
  return dump(document_of(job, events));
}

std::string to_json(const std::vector<actors::event_row>& events) {
  return dump(document_of(events));
}

std::string to_json(const actors::event_row& event) {
  return storage::in_one_line(document_of(event)) + '\n';
}

std::string to_json(const storage::explanation& why) { return dump(document_of(why)); }

std::string to_json(const std::vector<ingest::search_hit>& hits) { return dump(shown_value(hits)); }

std::string to_json(const std::vector<ingest::document>& documents) {
  return dump(shown_value(documents));
}

std::string to_json(const std::vector<ingest::chunk>& chunks) { return dump(shown_value(chunks)); }

std::string to_json(const std::vector<ingest::path_version>& versions) {
  auto all = json::array();
  for (const auto& one : versions)
    all.push_back({{"path", one.path},
                   {"version", one.version},
                   {"state", one.state},
                   {"at", to_iso8601(one.at)},
                   {"document_id", one.document_id}});
  return dump(all);
}

std::string to_json(const ingest::document& document) { return dump(fields_of(document)); }

std::string_view state_text(const actors::job_row& job) {
  return job.has_begun ? to_string(job.state) : "claimed";
}

std::string job_subject(const actors::job_row& job) {
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
