#include "benchmarks/compare.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <map>
#include <stdexcept>
#include <string>

namespace millrace::benchmarks {
namespace {

using nlohmann::json;

json read(const std::filesystem::path& file) {
  std::ifstream in{file};
  auto document = json::parse(in, nullptr, false);
  if (!in.is_open() || !document.is_object() || !document.contains("figures"))
    throw std::runtime_error{file.string() + " is no report of millrace-bench --json"};
  return document;
}

/// Of a rate, and of a ratio of rates, more is better.
bool more_is_better(const json& figure) {
  const auto unit = figure.at("unit").get<std::string>();
  const auto name = figure.at("name").get<std::string>();
  const bool costs = name.find("scale") == 0 || name.find("ingest") == 0;
  return unit.ends_with("/s") || (unit.empty() && !costs);
}

bool got_slower(const json& before, const json& after) {
  const auto was = before.at("median").get<double>();
  const auto is = after.at("median").get<double>();
  if (more_is_better(before))
    return is < 0.9 * was && is < before.at("min").get<double>();
  return is > 1.1 * was && is > before.at("max").get<double>();
}

}  // namespace

int compare_reports(const std::filesystem::path& before, const std::filesystem::path& after) {
  const auto old_report = read(before);
  const auto new_report = read(after);
  std::map<std::string, json> known;
  for (const auto& one : old_report.at("figures"))
    known.emplace(one.at("name"), one);
  if (old_report.value("machine", "") != new_report.value("machine", ""))
    fmt::print("different machines: the figures cannot be compared\n  {}\n  {}\n",
               old_report.value("machine", ""), new_report.value("machine", ""));
  int slower = 0;
  fmt::print("{:<48} {:>12} {:>12} {:>7}\n", "", "before", "after", "ratio");
  for (const auto& one : new_report.at("figures")) {
    const auto found = known.find(one.at("name").get<std::string>());
    if (found == known.end())
      continue;
    const auto was = found->second.at("median").get<double>();
    const auto is = one.at("median").get<double>();
    const bool worse = got_slower(found->second, one);
    slower += worse ? 1 : 0;
    fmt::print("{:<48} {:>12.3f} {:>12.3f} {:>7.2f}{}\n", found->first, was, is,
               was != 0 ? is / was : 0.0, worse ? "  slower" : "");
  }
  return slower > 0 ? 1 : 0;
}

}  // namespace millrace::benchmarks
