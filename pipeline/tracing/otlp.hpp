#pragma once

#include "pipeline/tracing/span.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// OTLP 1, traces over HTTP as JSON: ids in hexadecimal, whole numbers of 64 bits as texts.
namespace millrace::pipeline::tracing {

/// Whose spans they are.
struct span_source {
  /// The resource attribute `service.name`.
  std::string service_name = "millrace";
  std::string version;
};

/// The body of a request with these spans.
std::string to_otlp(std::span<const span> spans, const span_source& source);

/// What a collector says of spans that it refuses though it takes the request.
struct partial_success {
  std::int64_t refused = 0;
  std::string why;
};
partial_success read_partial_success(std::string_view body);

/// Where a collector takes traces: an address without a path means its /v1/traces.
std::string traces_url(std::string_view endpoint);

}  // namespace millrace::pipeline::tracing
