#include "app/settings/allowed.hpp"
#include "app/settings/kinds.hpp"
#include "app/settings/make_option.hpp"
#include "app/settings/reader.hpp"

#include <fmt/format.h>

namespace millrace::app {
namespace {

constexpr std::string_view prefix = "tenant.";

std::string key_of(std::string_view tenant, std::string_view setting) {
  return fmt::format("{}{}.{}", prefix, tenant, setting);
}

std::vector<std::string> known_keys(const std::string& name) {
  std::vector<std::string> keys;
  for (const auto& known : tenant_options())
    keys.push_back(key_of(name, known.name));
  return keys;
}

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

}  // namespace

const std::vector<tenant_option>& tenant_options() {
  static const auto all = make_tenant_options();
  return all;
}

bool is_about_tenant(std::string_view key) { return key.starts_with(prefix); }

void read_tenants(const std::vector<entry>& entries, actors::runtime_settings& into) {
  for (const auto& one : entries) {
    const auto rest = std::string_view{one.key}.substr(prefix.size());
    const auto dot = rest.rfind('.');
    const std::string name{rest.substr(0, dot)};
    const auto* known =
        dot == std::string_view::npos ? nullptr : find(tenant_options(), rest.substr(dot + 1));
    if (known == nullptr || !is_plain_name(name))
      refuse_key(one, known_keys(is_plain_name(name) ? name : "NAME"));
    auto& tenant = into.tenants.try_emplace(name, into.other_tenants).first->second;
    read_into(tenant, *known, one);
  }
}

void list_tenants(const actors::runtime_settings& values, const origins& from,
                  std::vector<effective>& into) {
  for (const auto& [name, rules] : values.tenants)
    for (const auto& known : tenant_options()) {
      const auto key = key_of(name, known.name);
      into.push_back({key, known.print(rules), origin_of(key, from)});
    }
}

}  // namespace millrace::app
