#pragma once

#include "app/terminal/table.hpp"
#include "ingest/store/document_store.hpp"
#include "storage/history/explain.hpp"
#include "storage/history/job_queries.hpp"
#include "storage/jobs/types.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

/// How jobs, events and search results look, as tables and as JSON documents.
namespace millrace::app {

table job_table(const std::vector<storage::job_record>& jobs);
table event_table(const std::vector<storage::event_record>& events);
table hit_table(const std::vector<ingest::search_hit>& hits);

/// "field: value" for every field of a job that has one.
table job_details(const storage::job_record& job);
/// "field: value".
table explanation_details(const storage::explanation& why);

/// To be written with storage::in_lines() or in_one_line().
nlohmann::ordered_json document_of(const std::vector<storage::job_record>& jobs);
nlohmann::ordered_json document_of(const storage::explanation& why);

std::string to_json(const std::vector<storage::job_record>& jobs);
/// The job with its events.
std::string to_json(const storage::job_record& job,
                    const std::vector<storage::event_record>& events);
std::string to_json(const std::vector<storage::event_record>& events);
/// One line.
std::string to_json(const storage::event_record& event);
std::string to_json(const storage::explanation& why);
std::string to_json(const std::vector<ingest::search_hit>& hits);

/// What the job is about: the file of an ingest job, else its payload.
std::string job_subject(const storage::job_record& job);

/// Which job has the unique key of one that cannot be submitted.
std::string who_holds(const storage::key_is_held& held);

}  // namespace millrace::app
