#include "pipeline/tracing/job_trace.hpp"

#include "base/digest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace millrace::pipeline::tracing {
namespace {

/// The beginning of the text's digest; an id of zeros is none.
template <class Id>
Id id_from(std::string_view text) {
  Id id{};
  const auto digest = sha256_hex(text);
  for (std::size_t i = 0; i < id.size(); ++i)
    id[i] = static_cast<std::uint8_t>(std::stoi(digest.substr(2 * i, 2), nullptr, 16));
  if (id == Id{})
    id.back() = 1;
  return id;
}

/// Mixes all bits (splitmix64 by Vigna, 2015).
std::uint64_t mixed(std::uint64_t n) {
  n += 0x9e3779b97f4a7c15;
  n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9;
  n = (n ^ (n >> 27)) * 0x94d049bb133111eb;
  return n ^ (n >> 31);
}

/// Of a job that comes without one. Databases count their jobs alike, so that its number is not
/// enough.
trace_id own_trace(const job& one) {
  return id_from<trace_id>(fmt::format("millrace trace {} {}", one.id, one.correlation_id));
}

}  // namespace

sampler::sampler(double ratio)
    : bound_(static_cast<std::uint64_t>(std::clamp(ratio, 0.0, 1.0) *
                                        static_cast<double>(std::uint64_t{1} << 53))) {}

std::string sampler::traceparent_of(const job& one) const {
  auto at = parse_traceparent(one.traceparent);
  if (at && !at->is_sampled)
    return one.traceparent;
  if (!at) {
    constexpr int bits_left_out = 11;
    const bool is_chosen = mixed(static_cast<std::uint64_t>(one.id)) >> bits_left_out < bound_;
    if (one.parent != 0 || !is_chosen)
      return {};
    at = trace_context{own_trace(one), {}, true};
  }
  at->parent = spans_of_attempt(at->trace, one.id, one.epoch).attempt;
  return to_traceparent(*at);
}

span_id span_of_job(const trace_id& trace, job_id job) {
  return id_from<span_id>(fmt::format("{} {} job", to_hex(trace), job));
}

attempt_spans spans_of_attempt(const trace_id& trace, job_id job, std::int64_t epoch) {
  const auto named = [&](std::string_view name) {
    return id_from<span_id>(fmt::format("{} {} {} {}", to_hex(trace), job, epoch, name));
  };
  return {named("wait"), named("attempt"), named("settle")};
}

}  // namespace millrace::pipeline::tracing
