#include "pipeline/limits.hpp"

#include "base/duration.hpp"

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <chrono>

namespace millrace::pipeline {

std::optional<rate> parse_rate(std::string_view text) {
  using namespace std::chrono_literals;
  if (text == "0")
    return rate{};
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || slash + 1 == text.size())
    return std::nullopt;
  rate read;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + slash, read.jobs);
  if (failure != std::errc{} || rest != text.data() + slash || read.jobs < 1 ||
      read.jobs > 1'000'000)
    return std::nullopt;
  std::string per{text.substr(slash + 1)};
  if (std::isdigit(static_cast<unsigned char>(per.front())) == 0)
    per.insert(0, "1");
  const auto time = parse_duration(per);
  if (!time || *time < 1ms || *time > 24h)
    return std::nullopt;
  read.per = *time;
  return read;
}

std::string format_rate(const rate& of) {
  if (of.jobs == 0)
    return "0";
  auto per = format_duration(of.per);
  if (per.size() > 1 && per.front() == '1' && std::isalpha(static_cast<unsigned char>(per[1])) != 0)
    per.erase(0, 1);
  return fmt::format("{}/{}", of.jobs, per);
}

}  // namespace millrace::pipeline
