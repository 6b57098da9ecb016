#include "pipeline/iso8601.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

namespace millrace::pipeline {
namespace {

template <class Unit>
std::string format_time(time_point at, int digits) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  const auto rest = std::chrono::duration_cast<Unit>(at - seconds);
  const std::time_t whole = seconds.time_since_epoch().count();
  return fmt::format("{:%FT%T}.{:0{}}Z", fmt::gmtime(whole), rest.count(), digits);
}

}  // namespace

std::string to_iso8601(time_point at) { return format_time<std::chrono::milliseconds>(at, 3); }

std::string to_iso8601_us(time_point at) { return format_time<std::chrono::microseconds>(at, 6); }

}  // namespace millrace::pipeline
