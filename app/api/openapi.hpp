#pragma once

#include <nlohmann/json.hpp>

namespace millrace::app::api {

/// The contract as an OpenAPI 3.1 document.
nlohmann::ordered_json describe_api();

}  // namespace millrace::app::api
