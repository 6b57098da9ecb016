#include "pipeline/tracing/otlp.hpp"

#include "base/json/json_string.hpp"
#include "base/text_line.hpp"
#include "base/whole_number.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace millrace::pipeline::tracing {
namespace {

constexpr int status_error = 2;

std::int64_t to_ns(time_point at) {
  return std::chrono::nanoseconds{at.time_since_epoch()}.count();
}

void append_attribute(std::string& to, std::string_view name, std::int64_t value) {
  fmt::format_to(std::back_inserter(to), R"({{"key":"{}","value":{{"intValue":"{}"}}}})", name,
                 value);
}

void append_attribute(std::string& to, std::string_view name, const std::string& value) {
  fmt::format_to(std::back_inserter(to), R"({{"key":"{}","value":{{"stringValue":)", name);
  append_json_string(to, value);
  to += "}}";
}

void append_span(std::string& to, const span& one) {
  fmt::format_to(std::back_inserter(to), R"({{"traceId":"{}","spanId":"{}")", to_hex(one.trace),
                 to_hex(one.id));
  if (one.parent != no_span)
    fmt::format_to(std::back_inserter(to), R"(,"parentSpanId":"{}")", to_hex(one.parent));
  to += R"(,"name":)";
  append_json_string(to, one.name);
  fmt::format_to(std::back_inserter(to),
                 R"(,"kind":{},"startTimeUnixNano":"{}","endTimeUnixNano":"{}","attributes":[)",
                 static_cast<int>(one.kind), to_ns(one.begin), to_ns(std::max(one.begin, one.end)));
  bool is_first = true;
  for (const auto& [name, value] : one.attributes) {
    if (!std::exchange(is_first, false))
      to += ',';
    std::visit([&, key = name](const auto& known) { append_attribute(to, key, known); }, value);
  }
  to += ']';
  if (one.has_failed) {
    fmt::format_to(std::back_inserter(to), R"(,"status":{{"code":{},"message":)", status_error);
    append_json_string(to, one.message);
    to += '}';
  }
  to += '}';
}

}  // namespace

std::string to_otlp(std::span<const span> spans, const span_source& source) {
  constexpr std::size_t usual_size = 700;
  std::string text;
  text.reserve(usual_size * (spans.size() + 1));
  text += R"({"resourceSpans":[{"resource":{"attributes":[)";
  append_attribute(text, "service.name", source.service_name);
  text += ',';
  append_attribute(text, "service.version", source.version);
  text += R"(]},"scopeSpans":[{"scope":{"name":"millrace","version":)";
  append_json_string(text, source.version);
  text += R"(},"spans":[)";
  for (const auto& one : spans) {
    if (&one != &spans.front())
      text += ',';
    append_span(text, one);
  }
  text += "]}]}]}";
  return text;
}

partial_success read_partial_success(std::string_view body) {
  const auto read = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!read.is_object() || !read.contains("partialSuccess") || !read["partialSuccess"].is_object())
    return {};
  const auto& said = read["partialSuccess"];
  partial_success found;
  if (const auto at = said.find("rejectedSpans"); at != said.end()) {
    if (at->is_number_integer())
      found.refused = at->get<std::int64_t>();
    else if (at->is_string())
      found.refused = parse_whole_number(at->get<std::string>()).value_or(0);
  }
  if (const auto at = said.find("errorMessage"); at != said.end() && at->is_string())
    found.why = one_line(at->get<std::string>());
  return found;
}

std::string traces_url(std::string_view endpoint) {
  const auto host = endpoint.find("://") + 3;
  const auto path = std::min(endpoint.find('/', host), endpoint.size());
  if (endpoint.size() - path > 1)
    return std::string{endpoint};
  return std::string{endpoint.substr(0, path)} + "/v1/traces";
}

}  // namespace millrace::pipeline::tracing
