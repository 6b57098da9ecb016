#include "pipeline/tracing/trace_context.hpp"

#include <cstddef>

namespace millrace::pipeline::tracing {
namespace {

constexpr std::size_t length_of_version_00 = 55;
constexpr unsigned sampled_flag = 1;

std::optional<unsigned> hex_value(char c) {
  if (c >= '0' && c <= '9')
    return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f')
    return static_cast<unsigned>(c - 'a') + 10;
  return std::nullopt;
}

/// Of the first digits of the text.
template <std::size_t Size>
std::optional<std::array<std::uint8_t, Size>> read_hex(std::string_view text) {
  std::array<std::uint8_t, Size> bytes{};
  for (std::size_t i = 0; i < Size; ++i) {
    const auto high = hex_value(text[2 * i]);
    const auto low = hex_value(text[2 * i + 1]);
    if (!high || !low)
      return std::nullopt;
    bytes[i] = static_cast<std::uint8_t>(*high << 4 | *low);
  }
  return bytes;
}

template <std::size_t Size>
std::string hex_of(const std::array<std::uint8_t, Size>& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * Size);
  for (const auto byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

bool has_right_length(std::string_view text) {
  if (text.size() <= length_of_version_00)
    return text.size() == length_of_version_00;
  return !text.starts_with("00") && text[length_of_version_00] == '-';
}

}  // namespace

std::optional<trace_context> parse_traceparent(std::string_view text) {
  constexpr std::size_t trace_at = 3;
  constexpr std::size_t parent_at = 36;
  constexpr std::size_t flags_at = 53;
  if (!has_right_length(text) || text[trace_at - 1] != '-' || text[parent_at - 1] != '-' ||
      text[flags_at - 1] != '-')
    return std::nullopt;
  const auto version = read_hex<1>(text);
  const auto trace = read_hex<16>(text.substr(trace_at));
  const auto parent = read_hex<8>(text.substr(parent_at));
  const auto flags = read_hex<1>(text.substr(flags_at));
  constexpr std::uint8_t forbidden_version = 0xff;
  if (!version || version->front() == forbidden_version || !trace || *trace == trace_id{} ||
      !parent || *parent == no_span || !flags)
    return std::nullopt;
  return trace_context{*trace, *parent, (flags->front() & sampled_flag) != 0};
}

std::string to_traceparent(const trace_context& of) {
  return "00-" + hex_of(of.trace) + '-' + hex_of(of.parent) + (of.is_sampled ? "-01" : "-00");
}

std::string to_hex(const trace_id& id) { return hex_of(id); }

std::string to_hex(const span_id& id) { return hex_of(id); }

}  // namespace millrace::pipeline::tracing
