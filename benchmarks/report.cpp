#include "benchmarks/report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <thread>

namespace millrace::benchmarks {

double samples::median() const {
  auto sorted = values_;
  std::sort(sorted.begin(), sorted.end());
  const auto middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

double samples::low() const { return *std::min_element(values_.begin(), values_.end()); }

double samples::high() const { return *std::max_element(values_.begin(), values_.end()); }

std::string describe_machine() {
  utsname kernel{};
  uname(&kernel);
  const auto memory = static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
                      static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 30);
  return fmt::format("{} cores, {:.0f} GiB, {} {}, g++ {}", std::thread::hardware_concurrency(),
                     memory, kernel.sysname, kernel.release, __VERSION__);
}

double peak_rss_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void print_report(const std::string& title, const std::vector<figure>& figures, bool json) {
  if (json) {
    nlohmann::ordered_json report{{"title", title}, {"machine", describe_machine()}};
    for (const auto& [name, unit, runs] : figures)
      report["figures"].push_back({{"name", name},
                                   {"unit", unit},
                                   {"median", runs.median()},
                                   {"min", runs.low()},
                                   {"max", runs.high()},
                                   {"runs", runs.count()}});
    std::puts(report.dump(2).c_str());
    return;
  }
  fmt::print("{}\n{}\n\n", title, describe_machine());
  fmt::print("{:<44} {:>12} {:>12} {:>12}  {}\n", "", "median", "min", "max", "unit");
  for (const auto& [name, unit, runs] : figures)
    fmt::print("{:<44} {:>12.3f} {:>12.3f} {:>12.3f}  {}\n", name, runs.median(), runs.low(),
               runs.high(), unit);
}

}  // namespace millrace::benchmarks
