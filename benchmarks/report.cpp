#include "benchmarks/report.hpp"

#include "app/version.hpp"
#include "benchmarks/workload.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

namespace millrace::benchmarks {
namespace {

std::string describe_machine() {
  utsname kernel{};
  uname(&kernel);
  const auto memory = static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
                      static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 30);
  return fmt::format("{} cores, {:.0f} GiB, {} {}, g++ {}", std::thread::hardware_concurrency(),
                     memory, kernel.sysname, kernel.release, __VERSION__);
}

std::string ask_text(storage::connection& on, const std::string& sql) {
  std::string answer;
  on.session() << sql, soci::into(answer);
  return answer;
}

/// What the rates depend on most: that nothing is weakened.
void describe_database(report& into, const options& wanted) {
  const bench_database one{wanted.database};
  storage::connection on{one.settings()};
  if (one.is_shared()) {
    into.versions.push_back("PostgreSQL " + ask_text(on, "show server_version"));
    for (const auto* name :
         {"fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size"})
      into.settings.push_back(
          fmt::format("{} = {}", name, ask_text(on, fmt::format("show {}", name))));
    return;
  }
  into.versions.push_back("SQLite " + ask_text(on, "select sqlite_version()"));
  into.settings.push_back("journal_mode = " + ask_text(on, "pragma journal_mode"));
  into.settings.push_back(
      fmt::format("synchronous = {}", ask(one.settings(), "pragma synchronous")));
}

}  // namespace

double samples::median() const {
  auto sorted = values_;
  std::sort(sorted.begin(), sorted.end());
  const auto middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

double samples::low() const { return *std::min_element(values_.begin(), values_.end()); }

double samples::high() const { return *std::max_element(values_.begin(), values_.end()); }

double quantile(std::vector<double> values, double part) {
  if (values.empty())
    return 0;
  std::sort(values.begin(), values.end());
  const auto index = static_cast<std::size_t>(part * static_cast<double>(values.size()));
  return values[std::min(index, values.size() - 1)];
}

samples ratio_of_medians(const samples& of, const samples& to) {
  samples one;
  one.add(of.median() / to.median());
  return one;
}

double peak_rss_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

report begin_report(const std::string& title, const options& wanted) {
  report made;
  made.title = title;
  made.machine = describe_machine();
  made.versions.push_back(fmt::format("millrace {}", app::version()));
  describe_database(made, wanted);
  made.settings.push_back(fmt::format("claim_batch = {}", wanted.batch));
  if (wanted.database != "sqlite")
    made.settings.push_back(fmt::format("writers = {}", wanted.writers));
  return made;
}

std::string as_json(const report& what) {
  nlohmann::ordered_json document{{"title", what.title},
                                  {"machine", what.machine},
                                  {"versions", what.versions},
                                  {"settings", what.settings},
                                  {"figures", nlohmann::ordered_json::array()}};
  for (const auto& [name, unit, runs] : what.figures)
    document["figures"].push_back({{"name", name},
                                   {"unit", unit},
                                   {"median", runs.median()},
                                   {"min", runs.low()},
                                   {"max", runs.high()},
                                   {"runs", runs.count()}});
  return document.dump(2) + "\n";
}

std::string as_table(const report& what) {
  auto text =
      fmt::format("{}\n{}\n{}\n{}\n\n{:<48} {:>12} {:>12} {:>12}  {:<8} {}\n", what.title,
                  what.machine, fmt::join(what.versions, ", "), fmt::join(what.settings, ", "), "",
                  "median", "min", "max", "unit", "runs");
  for (const auto& [name, unit, runs] : what.figures) {
    const int digits = runs.median() >= 1000 ? 0 : 3;
    text += fmt::format("{:<48} {:>12.{}f} {:>12.{}f} {:>12.{}f}  {:<8} {}\n", name, runs.median(),
                        digits, runs.low(), digits, runs.high(), digits, unit, runs.count());
  }
  return text;
}

}  // namespace millrace::benchmarks
