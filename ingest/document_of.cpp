#include "ingest/document_of.hpp"

#include "pipeline/api.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace millrace::ingest {

std::variant<std::string, reject> document_of(const job& job) {
  const auto output = nlohmann::json::parse(job.output, nullptr, /*allow_exceptions=*/false);
  if (output.is_object()) {
    const auto at = output.find("document_id");
    if (at != output.end() && at->is_string() && !at->get_ref<const std::string&>().empty())
      return at->get<std::string>();
  }
  return reject{std::string{codes::PAYLOAD_INVALID},
                "the job's output names no document; its first stage has not run"};
}

std::variant<document, reject> find_document(const job& job, documents& known) {
  auto id = document_of(job);
  if (auto* missing = std::get_if<reject>(&id))
    return std::move(*missing);
  if (auto found = known.find(std::get<std::string>(id)))
    return std::move(*found);
  return reject{std::string{codes::DOCUMENT_MISSING},
                "the document " + std::get<std::string>(id) + " is not in the database"};
}

}  // namespace millrace::ingest
