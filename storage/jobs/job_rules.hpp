#pragma once

#include "base/time.hpp"
#include "pipeline/limits.hpp"
#include "storage/claim/walk_pace.hpp"

#include <map>
#include <string>

namespace millrace::storage {

/// What holds for the jobs of a tenant.
struct tenant_rules {
  /// Of tenants that have jobs at the same time, one with weight 2 is served twice as many as one
  /// with 1. At least 1.
  int weight = 1;
  pipeline::limits limit{};
};

/// What holds for all jobs.
struct job_rules {
  /// Deaths of a runtime with the same job in hand after which the job is dead.
  int crash_limit = 3;
  /// How long a job must wait to count as one of a priority that is higher by one; zero: waiting
  /// counts for nothing.
  duration priority_ageing{};
  std::map<std::string, tenant_rules> tenants{};
  /// Of tenants that are not there.
  tenant_rules other_tenants{};
  sweep_rules sweeps{};

  const tenant_rules& of_tenant(const std::string& name) const {
    const auto at = tenants.find(name);
    return at == tenants.end() ? other_tenants : at->second;
  }
};

}  // namespace millrace::storage
