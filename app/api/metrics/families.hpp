#pragma once

#include "app/api/metrics/metrics_text.hpp"

#include <span>

/// The families of app/api/metrics/families.def: `families::JOBS` is that of `millrace_jobs`.
namespace millrace::app::api::families {

// NOLINTBEGIN(readability-identifier-naming)
#define MILLRACE_METRIC(id, type, name, labels, help) \
  inline constexpr metric_family id{name, metric_type::type, labels, help};
#include "app/api/metrics/families.def"
#undef MILLRACE_METRIC
// NOLINTEND(readability-identifier-naming)

/// Every family, in the order of app/api/metrics/families.def.
std::span<const metric_family> all();

}  // namespace millrace::app::api::families
