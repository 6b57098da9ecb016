#pragma once

#include <nlohmann/json.hpp>

namespace millrace::app::api {

/// The documents of the API as JSON schemas, by their names in the contract.
nlohmann::ordered_json schemas();

}  // namespace millrace::app::api
