#include "ingest/parse/remote_job.hpp"

#include <nlohmann/json.hpp>

namespace millrace::ingest {
namespace {

using nlohmann::json;

constexpr auto key = "remote_parse";

}  // namespace

std::optional<remote_job> remote_job_in(std::string_view output) {
  const auto all = json::parse(output, nullptr, /*allow_exceptions=*/false);
  if (!all.is_object() || !all.contains(key))
    return std::nullopt;
  const auto& one = all.at(key);
  return remote_job{one.at("endpoint"), one.at("id"), from_us(one.at("since_us")), one.at("polls")};
}

std::string with_remote_job(std::string_view output, const std::optional<remote_job>& which) {
  auto all = json::parse(output);
  if (which)
    all[key] = {{"endpoint", which->endpoint},
                {"id", which->id},
                {"since_us", to_us(which->since)},
                {"polls", which->polls}};
  else
    all.erase(key);
  return all.dump();
}

}  // namespace millrace::ingest
