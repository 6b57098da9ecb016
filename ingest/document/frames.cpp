#include "ingest/document/frames.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstddef>
#include <system_error>

namespace millrace::ingest {

void append_frame(std::string& out, std::string_view bytes) {
  out += fmt::format("{}\n", bytes.size());
  out += bytes;
  out += '\n';
}

std::optional<std::string_view> take_frame(std::string_view& rest) {
  std::size_t size = 0;
  const auto [at, error] = std::from_chars(rest.data(), rest.data() + rest.size(), size);
  if (error != std::errc{})
    return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(at - rest.data()));
  if (rest.size() < 2 || rest.front() != '\n' || size > rest.size() - 2 || rest[size + 1] != '\n')
    return std::nullopt;
  const auto bytes = rest.substr(1, size);
  rest.remove_prefix(size + 2);
  return bytes;
}

}  // namespace millrace::ingest
