#include "app/settings/kinds.hpp"
#include "app/settings/make_option.hpp"
#include "app/settings/named_group.hpp"
#include "app/settings/reader.hpp"

namespace millrace::app {
namespace {

std::vector<tenant_option> make_tenant_options() {
// How to reach a member of the settings, for reading and for writing.
#define MEMBER(path) ([](auto& in) -> auto& { return in.path; })
  const auto add = [](auto... what) {
    return make_option<storage::tenant_rules>(std::move(what)...);
  };
  return {
      add("weight", MEMBER(weight), kinds::number{1, 1000},
          "Of tenants that have jobs at once, one of weight 2 is served twice as many as one of "
          "1."),
      add("concurrency_limit", MEMBER(limit.concurrency), kinds::number{0, 1'000'000},
          "Jobs of the tenant in hand at once, in all runtimes together; 0 means no limit."),
      add("rate_limit", MEMBER(limit.starts), kinds::rate{},
          "Jobs of the tenant that all runtimes together claim in a time, as 100/s; 0 means no "
          "limit."),
  };
#undef MEMBER
}

named_group<storage::tenant_rules> group() { return {"tenant.", tenant_options()}; }

}  // namespace

const std::vector<tenant_option>& tenant_options() {
  static const auto all = make_tenant_options();
  return all;
}

bool is_about_tenant(std::string_view key) { return group().has(key); }

void read_tenants(const std::vector<entry>& entries, actors::runtime_settings& into,
                  const fault_policy& faults) {
  const auto find_or_add = [&](std::string_view name) -> auto& {
    return into.tenants.try_emplace(std::string{name}, into.other_tenants).first->second;
  };
  for (const auto& one : entries)
    faults.attempt([&] { group().read(one, find_or_add); });
}

void list_tenants(const actors::runtime_settings& values, const origins& from,
                  std::vector<effective>& into) {
  for (const auto& [name, rules] : values.tenants)
    group().list(name, rules, from, into);
}

}  // namespace millrace::app
