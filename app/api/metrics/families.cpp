#include "app/api/metrics/families.hpp"

#include <array>

namespace millrace::app::api::families {
namespace {

constexpr std::array entries{
#define MILLRACE_METRIC(id, type, name, labels, help) \
  metric_family{name, metric_type::type, labels, help},
#include "app/api/metrics/families.def"
#undef MILLRACE_METRIC
};

}  // namespace

std::span<const metric_family> all() { return entries; }

}  // namespace millrace::app::api::families
