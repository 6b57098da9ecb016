#include "app/api/metrics/families.hpp"
#include "app/api/metrics/figures.hpp"
#include "storage/db/dialect.hpp"
#include "storage/db/sqlite.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <system_error>

namespace millrace::app::api {
namespace {

namespace fs = std::filesystem;

double seconds_of(const timeval& spent) {
  return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_usec) / 1e6;
}

/// When the kernel started, in seconds since 1970.
std::optional<double> boot_time() {
  std::ifstream in{"/proc/stat"};
  double seconds = 0;
  for (std::string word; in >> word;)
    if (word == "btime" && in >> seconds)
      return seconds;
  return std::nullopt;
}

/// Field 22 of /proc/self/stat, in seconds since the kernel started. The name of the program,
/// field 2, stands in brackets and may have any character.
std::optional<double> start_after_boot() {
  std::ifstream in{"/proc/self/stat"};
  in.ignore(std::numeric_limits<std::streamsize>::max(), ')');
  std::string skipped;
  for (int field = 3; field < 22; ++field)
    in >> skipped;
  double ticks = 0;
  if (!(in >> ticks))
    return std::nullopt;
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::optional<std::int64_t> open_files() {
  std::error_code failure;
  const auto entries = fs::directory_iterator{"/proc/self/fd", failure};
  if (failure)
    return std::nullopt;
  // Without that of this look.
  return std::distance(begin(entries), end(entries)) - 1;
}

void add_file(metrics_text& to, std::string_view label, const fs::path& file) {
  std::error_code failure;
  const auto size = fs::file_size(file, failure);
  // There is no WAL while nothing has the database open.
  to.sample({label}, failure ? std::int64_t{0} : static_cast<std::int64_t>(size));
}

}  // namespace

void add_process(metrics_text& to) {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  to.family(families::PROCESS_CPU);
  to.sample({}, seconds_of(used.ru_utime) + seconds_of(used.ru_stime));
  to.family(families::PROCESS_MEMORY);
  std::int64_t pages = 0;
  std::int64_t resident = 0;
  if (std::ifstream{"/proc/self/statm"} >> pages >> resident)
    to.sample({}, std::int64_t{resident * ::sysconf(_SC_PAGESIZE)});
  to.family(families::PROCESS_START);
  const auto boot = boot_time();
  if (const auto start = start_after_boot(); boot && start)
    to.sample({}, *boot + *start);
  to.family(families::PROCESS_FILES);
  if (const auto open = open_files())
    to.sample({}, *open);
  to.family(families::PROCESS_MAX_FILES);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
    to.sample({}, static_cast<double>(limit.rlim_cur));
}

void add_disk(metrics_text& to, const settings& values) {
  std::error_code failure;
  if (const auto space = fs::space(values.runtime.data_dir, failure); !failure) {
    to.family(families::DISK_FREE);
    to.sample({}, static_cast<std::int64_t>(space.available));
    to.family(families::DISK_SIZE);
    to.sample({}, static_cast<std::int64_t>(space.capacity));
  }
  to.family(families::DISK_MIN_FREE);
  to.sample({}, values.runtime.min_free_disk);
  const auto& url = values.runtime.database.url;
  if (storage::dialect_of(url) != storage::dialect::sqlite)
    return;
  const auto file = storage::sqlite::path_of(url);
  to.family(families::SQLITE_FILE);
  add_file(to, "database", file);
  add_file(to, "wal", file.native() + "-wal");
}

}  // namespace millrace::app::api
