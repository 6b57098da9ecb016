#include "benchmarks/cases.hpp"
#include "benchmarks/disturbance.hpp"
#include "benchmarks/workload.hpp"
#include "storage/db/postgres.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// A large backlog, worked through alone and beside sessions that hold old snapshots.
namespace millrace::benchmarks {
namespace {

using clock = std::chrono::steady_clock;

constexpr int tenths = 10;
constexpr int readers = 4;

/// How fast each tenth of the handler calls came.
class tenth_rates {
 public:
  explicit tenth_rates(std::int64_t jobs) : tenth_(std::max<std::int64_t>(jobs / tenths, 1)) {}

  void at(std::int64_t handled) {
    if (handled == 0) {
      began_ = clock::now();
      return;
    }
    while (static_cast<std::int64_t>(reached_.size()) < handled / tenth_)
      reached_.push_back(clock::now());
  }
  /// From 0 on.
  double of(std::size_t tenth) const {
    const auto from = tenth == 0 ? began_ : reached_.at(tenth - 1);
    const std::chrono::duration<double> took = std::max(reached_.at(tenth) - from, a_moment);
    return static_cast<double>(tenth_) / took.count();
  }

 private:
  static constexpr clock::duration a_moment{1};

  std::int64_t tenth_;
  clock::time_point began_ = clock::now();
  std::vector<clock::time_point> reached_;
};

struct rates {
  double all = 0;
  std::array<double, tenths> of_tenth{};

  double last_to_second() const { return of_tenth.back() / of_tenth[1]; }
};

/// What goes on while the backlog is worked through, as long as the answer lives.
template <class Disturb>
rates drain_beside(const options& wanted, std::int64_t jobs, Disturb disturb) {
  const auto plan = stages(1);
  bench_database on{wanted.database};
  enqueue(on, plan, jobs);
  on.tidy();
  tenth_rates seen{jobs};
  const auto disturbance = disturb(on.settings());
  const auto took =
      run_to_the_end(on, plan, wanted, 1, [&](std::int64_t handled) { seen.at(handled); });
  rates result{static_cast<double>(jobs) / took.count(), {}};
  for (std::size_t i = 0; i < tenths; ++i)
    result.of_tenth[i] = seen.of(i);
  return result;
}

std::optional<open_transaction> nothing(const storage::database_settings&) { return std::nullopt; }

/// Of each tenth, the rates of all runs.
class samples_of_tenths {
 public:
  void add(const rates& one) {
    for (std::size_t i = 0; i < tenths; ++i)
      all_[i].add(one.of_tenth[i]);
  }
  void add_to(std::vector<figure>& figures, const std::string& name) const {
    for (std::size_t i = 0; i < tenths; ++i)
      figures.push_back({fmt::format("{}, tenth {}", name, i + 1), "jobs/s", all_[i]});
  }

 private:
  std::array<samples, tenths> all_;
};

/// The same jobs, clean and beside something, in turns.
class comparison {
 public:
  explicit comparison(std::string name) : name_(std::move(name)) {}

  void add(const rates& clean, const rates& beside) {
    clean_.add(clean.all);
    beside_.add(beside.all);
    ratio_.add(beside.all / clean.all);
    last_.add(beside.of_tenth.back() / clean.of_tenth.back());
    clean_last_.add(clean.last_to_second());
    of_tenth_.add(beside);
  }

  std::vector<figure> figures() const {
    std::vector<figure> all{{name_ + ", clean", "jobs/s", clean_}, {name_, "jobs/s", beside_}};
    of_tenth_.add_to(all, name_);
    all.push_back({name_ + ", ratio to clean", "", ratio_});
    all.push_back({name_ + ", last tenth, ratio to clean", "", last_});
    all.push_back({name_ + ", clean, last tenth, ratio to the second", "", clean_last_});
    return all;
  }

 private:
  std::string name_;
  samples clean_;
  samples beside_;
  samples ratio_;
  samples last_;
  samples clean_last_;
  samples_of_tenths of_tenth_;
};

const std::vector<std::string> tables_of_jobs{"jobs", "events"};

/// Tables that no runtime touches, as large and as loosely filled as those that the runtime works
/// on: to read them costs the processor and the memory of the server as much.
std::vector<std::string> copy_tables(const storage::database_settings& settings) {
  storage::connection on{settings};
  std::vector<std::string> copies;
  for (const auto& table : tables_of_jobs) {
    copies.push_back("copy_of_" + table);
    on.session() << fmt::format("create table {} {} as select * from {}", copies.back(),
                                on.is_shared() ? "with (fillfactor = 50)" : "", table);
    if (on.is_shared())
      storage::postgres::execute(on.session(), "vacuum analyze " + copies.back());
  }
  return copies;
}

}  // namespace

std::vector<figure> measure_backlog(const options& wanted) {
  const auto jobs = wanted.jobs > 0 ? wanted.jobs : 10'000'000;
  samples_of_tenths of_tenth;
  samples ratio;
  for (int run = 0; run < wanted.runs; ++run) {
    const auto seen = drain_beside(wanted, jobs, nothing);
    of_tenth.add(seen);
    ratio.add(seen.last_to_second());
  }
  std::vector<figure> all;
  of_tenth.add_to(all, "backlog");
  all.push_back({"backlog, last tenth, ratio to the second", "", ratio});
  return all;
}

std::vector<figure> measure_pinned(const options& wanted) {
  const auto jobs = wanted.jobs > 0 ? wanted.jobs : 1'500'000;
  comparison all{"pinned"};
  for (int run = 0; run < wanted.runs; ++run) {
    const auto clean = drain_beside(wanted, jobs, nothing);
    all.add(clean, drain_beside(wanted, jobs, [](const storage::database_settings& on) {
              return std::make_unique<open_transaction>(on);
            }));
  }
  return all.figures();
}

std::vector<figure> measure_readers(const options& wanted) {
  const auto jobs = wanted.jobs > 0 ? wanted.jobs : 1'500'000;
  comparison all{"readers"};
  samples alone;
  for (int run = 0; run < wanted.runs; ++run) {
    alone.add(drain_beside(wanted, jobs, nothing).all);
    const auto of_others = drain_beside(wanted, jobs, [](const storage::database_settings& on) {
      return std::make_unique<table_readers>(on, readers, copy_tables(on));
    });
    all.add(of_others, drain_beside(wanted, jobs, [](const storage::database_settings& on) {
              return std::make_unique<table_readers>(on, readers, tables_of_jobs);
            }));
  }
  auto figures = all.figures();
  figures.front().name = "readers of other tables";
  figures.insert(figures.begin(), {"readers, none", "jobs/s", alone});
  return figures;
}

}  // namespace millrace::benchmarks
