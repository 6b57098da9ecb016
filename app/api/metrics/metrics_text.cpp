#include "app/api/metrics/metrics_text.hpp"

#include "base/check.hpp"
#include "base/unicode/ascii.hpp"
#include "base/unicode/harmless.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <optional>
#include <utility>

namespace millrace::app::api {
namespace {

constexpr std::string_view openmetrics_name = "application/openmetrics-text";

std::string_view suffix_of(metric_type type) {
  switch (type) {
    case metric_type::counter:
      return "_total";
    case metric_type::info:
      return "_info";
    case metric_type::gauge:
    case metric_type::histogram:
      break;
  }
  return "";
}

std::string_view unit_of(std::string_view name) {
  for (const std::string_view unit : {"seconds", "bytes"})
    if (name.ends_with(unit) && name.substr(0, name.size() - unit.size()).ends_with('_'))
      return unit;
  return "";
}

/// A bound is a label, and text to a database: the form that OpenMetrics asks for in both formats,
/// so that a series does not become another one with the format.
std::string canonical(double bound) {
  auto text = fmt::to_string(bound);
  if (text.find_first_of(".e") == std::string::npos)
    text += ".0";
  return text;
}

/// Up to the separator; the text goes on behind it.
std::string_view take_until(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const auto part = without_ends(text.substr(0, end), " \t");
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

/// One of the types of a header `Accept`.
struct media_range {
  std::string name;
  std::string version;
  double quality = 1;
};

media_range read_range(std::string_view text) {
  media_range range;
  range.name = in_lower_case(take_until(text, ';'));
  while (!text.empty()) {
    auto value = take_until(text, ';');
    const auto name = take_until(value, '=');
    if (name == "version")
      range.version = value;
    if (name == "q" || name == "Q")
      std::from_chars(value.data(), value.data() + value.size(), range.quality);
  }
  return range;
}

}  // namespace

std::string sample_name(const metric_family& of) {
  return fmt::format("{}{}", of.name, suffix_of(of.type));
}

std::string_view to_string(metric_type type) {
  constexpr std::array names{"counter", "gauge", "histogram", "info"};
  return names.at(static_cast<std::size_t>(type));
}

exposition choose_exposition(std::string_view accept) {
  double openmetrics = 0;
  double plain = 0;
  while (!accept.empty()) {
    const auto range = read_range(take_until(accept, ','));
    const bool is_known =
        range.version.empty() || range.version == "1.0.0" || range.version == "0.0.1";
    if (range.name == openmetrics_name && is_known)
      openmetrics = std::max(openmetrics, range.quality);
    if (range.name == "text/plain")
      plain = std::max(plain, range.quality);
  }
  return openmetrics > 0 && openmetrics >= plain ? exposition::openmetrics : exposition::plain;
}

std::string_view media_type_of(exposition format) {
  return format == exposition::openmetrics
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

void metrics_text::family(const metric_family& of) {
  family_ = &of;
  has_head_ = false;
}

/// The older format knows a family by the name of its samples, has no units and no infos, and does
/// not escape quotes.
void metrics_text::head() {
  if (std::exchange(has_head_, true))
    return;
  const auto& of = *family_;
  const bool is_plain = format_ == exposition::plain;
  const auto name = is_plain ? sample_name(of) : std::string{of.name};
  const auto type = is_plain && of.type == metric_type::info ? metric_type::gauge : of.type;
  fmt::format_to(std::back_inserter(text_), "# TYPE {} {}\n", name, to_string(type));
  if (const auto unit = unit_of(of.name); !unit.empty() && !is_plain)
    fmt::format_to(std::back_inserter(text_), "# UNIT {} {}\n", name, unit);
  fmt::format_to(std::back_inserter(text_), "# HELP {} ", name);
  add_escaped(of.help, !is_plain);
  text_ += '\n';
}

void metrics_text::begin_sample(std::string_view suffix, values of_labels, std::string_view bound) {
  MILLRACE_CHECK(family_ != nullptr);
  head();
  text_ += family_->name;
  text_ += suffix;
  char before = '{';
  const auto add = [&](std::string_view name, std::string_view value) {
    text_ += before;
    text_ += name;
    text_ += "=\"";
    // One byte that is no UTF-8 would make all of the text unreadable.
    add_escaped(harmless(value), true);
    text_ += '"';
    before = ',';
  };
  auto names = family_->labels;
  for (const auto value : of_labels) {
    MILLRACE_CHECK(!names.empty());
    add(take_until(names, ','), value);
  }
  MILLRACE_CHECK(names.empty());
  if (!bound.empty())
    add("le", bound);
  text_ += before == ',' ? "} " : " ";
}

void metrics_text::add_escaped(std::string_view text, bool with_quotes) {
  for (const char c : text) {
    if (c == '\n') {
      text_ += "\\n";
      continue;
    }
    if (c == '\\' || (c == '"' && with_quotes))
      text_ += '\\';
    text_ += c;
  }
}

void metrics_text::sample(values of_labels, double value) {
  begin_sample(suffix_of(family_->type), of_labels);
  fmt::format_to(std::back_inserter(text_), "{}\n", value);
}

void metrics_text::sample(values of_labels, std::int64_t value) {
  begin_sample(suffix_of(family_->type), of_labels);
  fmt::format_to(std::back_inserter(text_), "{}\n", value);
}

void metrics_text::histogram(values of_labels, std::span<const double> bounds,
                             std::span<const std::int64_t> counts, double sum) {
  MILLRACE_CHECK(counts.size() == bounds.size() + 1);
  std::int64_t count = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    count += counts[i];
    begin_sample("_bucket", of_labels, i < bounds.size() ? canonical(bounds[i]) : "+Inf");
    fmt::format_to(std::back_inserter(text_), "{}\n", count);
  }
  begin_sample("_count", of_labels);
  fmt::format_to(std::back_inserter(text_), "{}\n", count);
  begin_sample("_sum", of_labels);
  fmt::format_to(std::back_inserter(text_), "{}\n", sum);
}

std::string metrics_text::finish() {
  if (format_ == exposition::openmetrics)
    text_ += "# EOF\n";
  return std::exchange(text_, {});
}

}  // namespace millrace::app::api
