#include "benchmarks/bench_database.hpp"

#include "base/time.hpp"
#include "storage/db/migrate.hpp"
#include "storage/db/postgres.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <exception>

namespace millrace::benchmarks {

bench_database::bench_database(const std::string& where) {
  static int count = 0;
  if (where == "sqlite") {
    settings_.url = "sqlite:" + (dir_.path() / "millrace.db").string();
  } else {
    settings_.url = where;
    settings_.schema = fmt::format("bench_{}_{}", getpid(), ++count);
    settings_.statement_timeout = std::chrono::minutes{30};
  }
  storage::connection on{settings_};
  storage::migrate(on, system_clock{}.now());
}

bench_database::~bench_database() {
  if (!is_shared())
    return;
  try {
    storage::connection on{settings_};
    storage::postgres::execute(
        on.session(),
        fmt::format("drop schema {} cascade", storage::postgres::quote(settings_.schema)));
  } catch (const std::exception& e) {
    fmt::print(stderr, "millrace-bench: the schema {} stays: {}\n", settings_.schema, e.what());
  }
}

bool bench_database::is_shared() const {
  return storage::dialect_of(settings_.url) == storage::dialect::postgres;
}

std::filesystem::path bench_database::new_data_dir() {
  return dir_.path() / fmt::format("data-{}", ++data_dirs_);
}

void bench_database::tidy() {
  if (!is_shared())
    return;
  storage::connection on{settings_};
  storage::postgres::execute(on.session(), "vacuum analyze jobs");
}

}  // namespace millrace::benchmarks
