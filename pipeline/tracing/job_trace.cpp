#include "pipeline/tracing/job_trace.hpp"

#include "base/digest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string>

namespace millrace::pipeline::tracing {
namespace {

/// Mixes all bits (splitmix64 by Vigna, 2015).
std::uint64_t mixed(std::uint64_t n) {
  n += 0x9e3779b97f4a7c15;
  n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9;
  n = (n ^ (n >> 27)) * 0x94d049bb133111eb;
  return n ^ (n >> 31);
}

/// Of a job that comes without one: the beginning of a digest. Databases count their jobs alike, so
/// that its number is not enough.
trace_id own_trace(const job& one) {
  trace_id id{};
  const auto digest = sha256_hex(fmt::format("millrace trace {} {}", one.id, one.correlation_id));
  for (std::size_t i = 0; i < id.size(); ++i)
    id[i] = static_cast<std::uint8_t>(std::stoi(digest.substr(2 * i, 2), nullptr, 16));
  return id;
}

/// What a span is about.
enum class part : std::uint8_t { job, wait, attempt, settle };

span_id id_of(const trace_id& trace, job_id job, std::int64_t epoch, part of) {
  std::array<std::uint64_t, 2> halves{};
  std::memcpy(halves.data(), trace.data(), trace.size());
  constexpr int parts = 4;
  auto bits = mixed(static_cast<std::uint64_t>(epoch) * parts + static_cast<std::uint64_t>(of));
  for (const auto more : {static_cast<std::uint64_t>(job), halves[0], halves[1]})
    bits = mixed(bits ^ more);
  // The standard forbids an id of zeros.
  bits = std::max<std::uint64_t>(bits, 1);
  span_id id{};
  std::memcpy(id.data(), &bits, id.size());
  return id;
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

span_id span_of_job(const trace_id& trace, job_id job) { return id_of(trace, job, 0, part::job); }

attempt_spans spans_of_attempt(const trace_id& trace, job_id job, std::int64_t epoch) {
  return {id_of(trace, job, epoch, part::wait), id_of(trace, job, epoch, part::attempt),
          id_of(trace, job, epoch, part::settle)};
}

}  // namespace millrace::pipeline::tracing
