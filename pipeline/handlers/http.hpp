#pragma once

#include "pipeline/handlers/settings.hpp"
#include "pipeline/registry.hpp"

#include <string_view>

namespace millrace::pipeline::external {

/// A handler that is an endpoint: the job is sent with POST, and the answer is the one of
/// pipeline/handlers/process/parse_answer.hpp, or nothing for an advance without output. 429 and
/// 5xx, and no answer, are a retry, after what Retry-After says; every other status a reject with
/// the service's words. Throws millrace::error for what is no URL of http or https, or has a user
/// in it.
handler make_http(std::string_view url, const place& where, const settings& how);

}  // namespace millrace::pipeline::external
