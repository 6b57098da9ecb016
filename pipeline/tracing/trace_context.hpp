#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::pipeline::tracing {

/// Never all zero.
using trace_id = std::array<std::uint8_t, 16>;
using span_id = std::array<std::uint8_t, 8>;

/// For a span without a parent.
inline constexpr span_id no_span{};

/// Where in a trace a piece of work belongs: what a `traceparent` says (W3C Trace Context).
struct trace_context {
  trace_id trace{};
  /// The span that the work is a part of.
  span_id parent{};
  /// Spans of the trace are kept.
  bool is_sampled = false;

  bool operator==(const trace_context&) const = default;
};

/// Reads a `traceparent`. Nothing for one that the standard has a receiver ignore: an id of zeros,
/// capital letters, version ff, or anything behind the flags of version 00. Of a later version the
/// first four fields are read.
std::optional<trace_context> parse_traceparent(std::string_view text);

/// In version 00, 55 characters.
std::string to_traceparent(const trace_context& of);

/// Lower-case hexadecimal.
std::string to_hex(const trace_id& id);
std::string to_hex(const span_id& id);

}  // namespace millrace::pipeline::tracing
