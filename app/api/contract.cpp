#include "app/api/contract.hpp"

#include "app/api/contract_parts.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace millrace::app::api {
namespace {

/// "/v1/jobs/{id}" as {"v1", "jobs", "{id}"}.
std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> parts;
  for (std::size_t begin = 1; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    parts.emplace_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

/// What stands in place of `{...}`, where the path is that of the route.
std::optional<path_parts> fit(const std::vector<std::string>& known,
                              const std::vector<std::string>& asked) {
  path_parts parts;
  const bool fits = std::equal(known.begin(), known.end(), asked.begin(), asked.end(),
                               [&](const auto& a, const auto& b) {
                                 if (!a.starts_with('{'))
                                   return a == b;
                                 parts.emplace(a.substr(1, a.size() - 2), b);
                                 return !b.empty();
                               });
  return fits ? std::optional{std::move(parts)} : std::nullopt;
}

}  // namespace

const std::vector<route>& contract() {
  static const std::vector<route> all = [] {
    std::vector<route> routes;
    for (const auto* group : {&job_routes, &order_routes, &view_routes, &server_routes})
      routes.insert(routes.end(), group->begin(), group->end());
    return routes;
  }();
  return all;
}

match find_route(const request& asked) {
  static const auto paths = [] {
    std::vector<std::vector<std::string>> all;
    for (const auto& known : contract())
      all.push_back(split(known.path));
    return all;
  }();
  // HEAD is GET without the body, which the server leaves out.
  const std::string_view method = asked.method == "HEAD" ? std::string_view{"GET"} : asked.method;
  match answer;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    auto parts = fit(paths[i], asked.target.segments);
    if (!parts)
      continue;
    const auto& known = contract()[i];
    if (known.method == method)
      return {&known, std::move(*parts), {}};
    answer.allowed += (answer.allowed.empty() ? "" : ", ") + known.method;
  }
  return answer;
}

}  // namespace millrace::app::api
