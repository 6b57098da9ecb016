#include "benchmarks/cases.hpp"
#include "benchmarks/live_runtime.hpp"
#include "benchmarks/workload.hpp"
#include "storage/jobs/job_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

// Jobs that come while the runtime works. How long one takes from its insert to its end is read
// from its row; both times are the server's on PostgreSQL.
namespace millrace::benchmarks {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto beat = 10ms;

clock::duration minutes(double count) {
  return std::chrono::duration_cast<clock::duration>(
      std::chrono::duration<double, std::ratio<60>>{count});
}

/// Enqueues at a rate, a few each beat.
class producer {
 public:
  explicit producer(const bench_database& to) : on_(to.settings()), store_(on_, pipelines_) {}

  /// For that long. Calls `now_and_then` each second.
  template <class Do>
  void produce(double rate, clock::duration length, Do now_and_then) {
    const auto begin = clock::now();
    auto next_call = begin + 1s;
    std::int64_t made = 0;
    for (auto now = begin; now < begin + length; now = clock::now()) {
      const auto due = static_cast<std::int64_t>(
          rate * std::chrono::duration<double>{now - begin + beat}.count());
      if (due > made) {
        store_.submitter.enqueue(
            std::vector<storage::new_job>(static_cast<std::size_t>(due - made)),
            system_clock{}.now());
        made = due;
      }
      if (now >= next_call) {
        now_and_then();
        next_call += 1s;
      }
      std::this_thread::sleep_until(now + beat);
    }
  }
  void produce(double rate, clock::duration length) {
    produce(rate, length, [] {});
  }

 private:
  const pipeline::catalog pipelines_{{stages(1)}};
  storage::connection on_;
  storage::job_store store_;
};

/// What jobs of a range of ids took, in ms, from their insert to their end.
std::vector<double> taken_by(storage::connection& on, std::int64_t after, std::int64_t up_to) {
  std::vector<double> all;
  const soci::rowset<long long> rows =
      (on.session().prepare << fmt::format("select updated_at - created_at from jobs where job_id "
                                           "> {} and job_id <= {} and state = 'done'",
                                           after, up_to));
  for (const auto us : rows)
    all.push_back(static_cast<double>(us) / 1000);
  return all;
}

std::int64_t newest_job(const bench_database& on) {
  return ask(on.settings(), "select coalesce(max(job_id), 0) from jobs");
}

void wait_until_nothing_is_left(const bench_database& on) {
  const auto deadline = clock::now() + 5min;
  while (ask(on.settings(), "select count(*) from jobs where state in ('queued', 'retryable')") +
             ask(on.settings(), "select count(*) from jobs where state = 'working'") >
         0) {
    if (clock::now() > deadline)
      throw std::runtime_error{"jobs are left after five minutes"};
    std::this_thread::sleep_for(beat);
  }
}

/// What is measured does not include the start of the runtime.
void warm_up(const bench_database& on, producer& from) {
  from.produce(100, 100ms);
  wait_until_nothing_is_left(on);
}

void add_quantiles(std::vector<figure>& to, const std::string& name,
                   const std::vector<double>& taken) {
  const auto add = [&](const char* what, double value) {
    samples one;
    one.add(value);
    to.push_back({fmt::format("{}, {}", name, what), "ms", one});
  };
  add("p50", quantile(taken, 0.5));
  add("p99", quantile(taken, 0.99));
  add("max", quantile(taken, 1));
}

double p99_of(const std::vector<figure>& all, std::size_t part) {
  return all.at(3 * part + 1).runs.last();
}

void add_one(std::vector<figure>& to, const std::string& name, const std::string& unit,
             double value) {
  samples one;
  one.add(value);
  to.push_back({name, unit, one});
}

constexpr double megabyte = 1 << 20;

/// What the database takes of the disk, in MB; and what it has written, in bytes of WAL.
struct space {
  double tables = 0;
  double wal = 0;
};

space space_of(const bench_database& on) {
  if (!on.is_shared())
    return {static_cast<double>(ask(on.settings(),
                                    "select page_count * page_size from "
                                    "pragma_page_count, pragma_page_size")) /
                megabyte,
            0};
  return {static_cast<double>(ask(
              on.settings(),
              "select cast(sum(pg_total_relation_size(oid)) as bigint) from pg_class "
              "where relnamespace = current_schema()::regnamespace and relkind in ('r', 'm')")) /
              megabyte,
          wal_bytes(on)};
}

}  // namespace

std::vector<figure> measure_burst(const options& wanted) {
  const auto rate = wanted.rate > 0 ? wanted.rate : 2000;
  const auto third = minutes(wanted.minutes > 0 ? wanted.minutes : 0.5) / 3;
  bench_database on{wanted.database};
  const auto plan = stages(1);
  const live_runtime serving{settings_for(on, wanted), parts_of(plan)};
  producer from{on};
  warm_up(on, from);
  std::vector<std::int64_t> ends{newest_job(on)};
  for (const auto times : {1, 10, 1}) {
    from.produce(rate * times, third);
    ends.push_back(newest_job(on));
  }
  wait_until_nothing_is_left(on);
  storage::connection reader{on.settings()};
  std::vector<figure> all;
  for (std::size_t i = 1; i < ends.size(); ++i)
    add_quantiles(all,
                  fmt::format("burst, {}", i == 1   ? "before"
                                           : i == 2 ? "within"
                                                    : "after"),
                  taken_by(reader, ends[i - 1], ends[i]));
  add_one(all, "burst, p99 after, ratio to before", "", p99_of(all, 2) / p99_of(all, 0));
  return all;
}

std::vector<figure> measure_soak(const options& wanted) {
  const auto rate = wanted.rate > 0 ? wanted.rate : 10'000;
  const auto length = wanted.minutes > 0 ? wanted.minutes : 5;
  bench_database on{wanted.database};
  const auto plan = stages(1);
  auto settings = settings_for(on, wanted);
  settings.retention.finished = std::chrono::duration_cast<duration>(minutes(1));
  settings.retention.events = settings.retention.finished;
  settings.retention_interval = 1s;
  const live_runtime serving{settings, parts_of(plan)};
  producer from{on};
  warm_up(on, from);
  storage::connection reader{on.settings()};
  const auto first = newest_job(on);
  const auto before = space_of(on);
  std::vector<figure> all;
  std::vector<figure> sizes;
  auto read = first;
  auto seen = first;
  // What was enqueued a second ago has ended, or takes too long anyway.
  std::vector<double> taken;
  const auto look = [&] {
    auto some = taken_by(reader, read, seen);
    taken.insert(taken.end(), some.begin(), some.end());
    read = std::exchange(seen, newest_job(on));
  };
  const auto parts = std::max(1, static_cast<int>(length + 0.5));
  for (int minute = 1; minute <= parts; ++minute) {
    from.produce(rate, minutes(length / parts), look);
    look();
    add_quantiles(all, fmt::format("soak, minute {}", minute), taken);
    add_one(sizes, fmt::format("soak, minute {}, tables", minute), "MB", space_of(on).tables);
    taken.clear();
  }
  const auto made = static_cast<double>(newest_job(on) - first);
  const auto ratio = p99_of(all, static_cast<std::size_t>(parts) - 1) / p99_of(all, 0);
  std::move(sizes.begin(), sizes.end(), std::back_inserter(all));
  add_one(all, "soak, p99 of the last minute, ratio to the first", "", ratio);
  if (on.is_shared())
    add_one(all, "soak, WAL per job, its insert and its deletion included", "bytes",
            (space_of(on).wal - before.wal) / made);
  return all;
}

}  // namespace millrace::benchmarks
