#include "pipeline/job_fields.hpp"

#include "base/bounds.hpp"
#include "base/duration.hpp"
#include "base/iso8601.hpp"
#include "base/text_line.hpp"
#include "base/unicode/utf8.hpp"
#include "pipeline/payload.hpp"
#include "pipeline/tracing/trace_context.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace millrace::pipeline {
namespace {

using bounds::longest_label;
using bounds::most_tags;

}  // namespace

time_point read_when(std::string_view text, time_point now) {
  if (text.starts_with('+')) {
    const auto wait = parse_duration(text.substr(1));
    if (wait && *wait <= bounds::longest_delay)
      return now + *wait;
  } else if (const auto at = parse_iso8601(text);
             at && *at >= bounds::earliest && *at <= bounds::latest) {
    return *at;
  }
  throw bad_field{fmt::format(
      "`{}` is no time from 1970 to 9999: write 2026-12-01T08:00Z, with another offset from UTC if "
      "need be, or +10m, of {} at most",
      one_line(text, 40), format_duration(bounds::longest_delay))};
}

std::string read_payload(std::string_view text) {
  if (const auto why = trouble_in_payload(text))
    throw bad_field{fmt::format("the payload is not {}: {}", payload_words, *why)};
  return std::string{text};
}

std::string read_label(std::string_view what, std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (text.empty() || text.size() > longest_label)
    throw bad_field{
        fmt::format("the {} has {} bytes: 1 to {} are allowed", what, text.size(), longest_label)};
  if (std::any_of(text.begin(), text.end(), is_control))
    throw bad_field{fmt::format("the {} has a control character in it", what)};
  if (utf8::count(text).broken > 0)
    throw bad_field{fmt::format("the {} is no UTF-8", what)};
  return std::string{text};
}

std::string read_traceparent(std::string_view text) {
  const auto read = tracing::parse_traceparent(text);
  if (!read)
    throw bad_field{
        fmt::format("`{}` is no traceparent: write 00-, 32 lower-case hexadecimal digits that are "
                    "not all 0, -, 16 such digits, -, and 01 where the trace is kept",
                    one_line(text, 60))};
  return tracing::to_traceparent(*read);
}

const std::string& text_field(std::string_view name, const nlohmann::json& value) {
  if (!value.is_string())
    throw bad_field{fmt::format("`{}` must be a text", name)};
  return value.get_ref<const std::string&>();
}

std::optional<int> small_number(const nlohmann::json& value) {
  using limits = std::numeric_limits<int>;
  // Those from 2^63 on would be compared as negative ones.
  const bool is_huge = value.is_number_unsigned() &&
                       value.get<std::uint64_t>() > static_cast<std::uint64_t>(limits::max());
  if (!value.is_number_integer() || is_huge || value < limits::min() || value > limits::max())
    return std::nullopt;
  return value.get<int>();
}

int priority_field(const nlohmann::json& value) {
  using limits = std::numeric_limits<int>;
  const auto number = small_number(value);
  if (!number)
    throw bad_field{fmt::format("`priority` must be a whole number from {} to {}", limits::min(),
                                limits::max())};
  return *number;
}

void add_tag(std::vector<std::string>& to, std::string_view tag) {
  auto read = read_label("tag", tag);
  if (std::find(to.begin(), to.end(), read) != to.end())
    return;
  if (to.size() == most_tags)
    throw bad_field{fmt::format("a job has {} tags at most", most_tags)};
  to.push_back(std::move(read));
}

}  // namespace millrace::pipeline
