#include "actors/inspector/protocol/handshake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace millrace::actors {
namespace {

constexpr std::string_view opening = "millrace inspector ";

}  // namespace

std::string render(const greeting& what) {
  const auto line = fmt::format("{}{} {}", opening, what.protocol, what.version);
  return line.substr(0, greeting_limit - 1) + '\n';
}

std::optional<greeting> parse_greeting(std::string_view line) {
  if (!line.starts_with(opening) || line.size() >= greeting_limit)
    return std::nullopt;
  line.remove_prefix(opening.size());
  greeting said;
  const auto [end, failure] =
      std::from_chars(line.data(), line.data() + line.size(), said.protocol);
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  const bool printable =
      std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (failure != std::errc{} || !line.starts_with(' ') || !printable)
    return std::nullopt;
  said.version = line.substr(1);
  return said;
}

bool may_be_greeting(std::string_view bytes) {
  const auto common = std::min(bytes.size(), opening.size());
  return bytes.size() < greeting_limit && bytes.substr(0, common) == opening.substr(0, common);
}

}  // namespace millrace::actors
