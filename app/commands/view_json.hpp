#pragma once

#include "actors/inspector/protocol/views.hpp"

#include <nlohmann/json.hpp>

#include <vector>

/// The views of an inspector as JSON documents, as `--json` prints them; to be written with
/// storage::in_lines() or in_one_line(). actors/inspector/protocol/json_fields.hpp names their
/// fields.
namespace millrace::app {

nlohmann::ordered_json document_of(const actors::runtime_view& view);
nlohmann::ordered_json document_of(const actors::actors_view& view);
nlohmann::ordered_json document_of(const actors::stages_view& view);
nlohmann::ordered_json document_of(const actors::health_view& view);
nlohmann::ordered_json document_of(const actors::runtimes_view& view);
nlohmann::ordered_json document_of(const actors::services_view& view);
nlohmann::ordered_json document_of(const actors::progress_view& view);
nlohmann::ordered_json document_of(const actors::job_row& job);
nlohmann::ordered_json document_of(const actors::event_row& event);
nlohmann::ordered_json document_of(const std::vector<actors::job_row>& jobs);
nlohmann::ordered_json document_of(const std::vector<actors::event_row>& events);
/// The job with its events.
nlohmann::ordered_json document_of(const actors::job_row& job,
                                   const std::vector<actors::event_row>& events);

}  // namespace millrace::app
