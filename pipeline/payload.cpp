#include "pipeline/payload.hpp"

#include "base/json/json_text.hpp"

namespace millrace::pipeline {

std::optional<std::string> trouble_in_payload(std::string_view text) {
  return trouble_in_json(text);
}

bool is_payload(std::string_view text) { return !trouble_in_payload(text); }

}  // namespace millrace::pipeline
