#pragma once

#include "storage/history/job_queries.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

/// Jobs and events as JSON documents: what `millrace job --json` shows and what an archive keeps.
namespace millrace::storage {

nlohmann::ordered_json describe(const job_record& job);
nlohmann::ordered_json describe(const event_record& event);
/// The job with its events.
nlohmann::ordered_json describe(const job_record& job, const std::vector<event_record>& events);

/// A document that the database keeps, which in_one_line() and in_lines() write as it came; as a
/// text if it is not JSON. It stands as a binary value until then.
nlohmann::ordered_json embedded(const std::string& text);

/// The document in one line, without an end; what is no UTF-8 in it is replaced.
std::string in_one_line(const nlohmann::ordered_json& document);

/// The same, indented.
std::string in_lines(const nlohmann::ordered_json& document);

}  // namespace millrace::storage
