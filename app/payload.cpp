#include "app/payload.hpp"

#include "pipeline/has_nul.hpp"

#include <nlohmann/json.hpp>

namespace millrace::app {

bool is_payload(std::string_view text) {
  return nlohmann::json::accept(text) && !pipeline::has_nul(text);
}

}  // namespace millrace::app
