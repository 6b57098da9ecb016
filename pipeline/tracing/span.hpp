#pragma once

#include "base/time.hpp"
#include "pipeline/tracing/trace_context.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace millrace::pipeline::tracing {

/// With the numbers of OTLP.
enum class span_kind : std::uint8_t { internal = 1, client = 3, consumer = 5 };

/// A piece of work that took time.
struct span {
  trace_id trace{};
  span_id id{};
  /// Or no_span.
  span_id parent{};
  std::string name;
  span_kind kind = span_kind::internal;
  time_point begin;
  /// One before the begin counts as the begin.
  time_point end;
  /// Texts are UTF-8. The names are literals.
  std::vector<std::pair<std::string_view, std::variant<std::int64_t, std::string>>> attributes{};
  /// It failed, for that reason.
  bool has_failed = false;
  std::string message{};
};

}  // namespace millrace::pipeline::tracing
