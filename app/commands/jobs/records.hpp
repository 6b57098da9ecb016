#pragma once

#include "actors/inspector/protocol/views.hpp"
#include "app/terminal/table.hpp"
#include "ingest/search/search.hpp"
#include "ingest/store/document_versions.hpp"
#include "storage/history/explain.hpp"
#include "storage/jobs/types.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

/// How jobs, events, documents and search results look, as tables and as JSON documents.
namespace millrace::app {

table job_table(const std::vector<actors::job_row>& jobs);
table event_table(const std::vector<actors::event_row>& events);
table hit_table(const std::vector<ingest::search_hit>& hits);
table document_table(const std::vector<ingest::document>& documents);

/// "field: value" for every field of a job that has one.
table job_details(const actors::job_row& job);
table chunk_table(const std::vector<ingest::chunk>& chunks);
table version_table(const std::vector<ingest::path_version>& versions);
/// As job_details(); its warnings have a table of their own.
table document_details(const ingest::document& document);
table warning_table(const ingest::document& document);
/// "field: value".
table explanation_details(const storage::explanation& why);

/// To be written with storage::in_lines() or in_one_line().
nlohmann::ordered_json document_of(const storage::explanation& why);

std::string to_json(const std::vector<actors::job_row>& jobs);
/// The job with its events.
std::string to_json(const actors::job_row& job, const std::vector<actors::event_row>& events);
std::string to_json(const std::vector<actors::event_row>& events);
/// One line.
std::string to_json(const actors::event_row& event);
std::string to_json(const storage::explanation& why);
std::string to_json(const std::vector<ingest::search_hit>& hits);
std::string to_json(const std::vector<ingest::document>& documents);
std::string to_json(const ingest::document& document);
std::string to_json(const std::vector<ingest::chunk>& chunks);
std::string to_json(const std::vector<ingest::path_version>& versions);

/// The job's state for a table: "claimed" for "working" as long as no handler has begun it.
std::string_view state_text(const actors::job_row& job);

/// What the job is about: the file of an ingest job, else its payload.
std::string job_subject(const actors::job_row& job);

/// Which job has the unique key of one that cannot be submitted.
std::string who_holds(const storage::key_is_held& held);

}  // namespace millrace::app
