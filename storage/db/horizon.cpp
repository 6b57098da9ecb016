#include "storage/db/horizon.hpp"

#include "base/duration.hpp"
#include "storage/db/blockers.hpp"
#include "storage/db/sqlite.hpp"
#include "storage/db/translate_errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace millrace::storage {
namespace {

using namespace std::chrono_literals;

/// A WAL begins from its start again after an eighth of that (storage/db/sqlite.cpp), unless what
/// stands in it is being read.
constexpr std::uintmax_t large_wal = std::uintmax_t{256} << 20;

struct horizon_holder {
  std::string kind;
  std::string name;
  std::string application;
  std::string role;
  std::string client;
  std::string state;
  duration since{};
  std::int64_t dead_jobs = 0;
  std::string horizon;
};

std::string in_words(duration d) {
  using namespace std::chrono;
  return format_duration(d < 1min ? floor<seconds>(d) : floor<minutes>(d));
}

/// What holds it, and what ends that.
std::pair<std::string, std::string> describe(const horizon_holder& one) {
  if (one.kind == "prepared")
    return {fmt::format("the prepared transaction '{}' of {}", one.name, one.role),
            fmt::format("rollback prepared '{}', or commit it", one.name)};
  if (one.kind == "slot")
    return {
        fmt::format("the {} replication slot '{}'", one.state, one.name),
        fmt::format("let its consumer go on, or select pg_drop_replication_slot('{}')", one.name)};
  const bool is_replica = one.state == "walsender";
  const blocker blocking{std::stoll(one.name), one.application, one.role,
                         one.client,           one.state,       {}};
  return {fmt::format("a transaction of {}", storage::describe(blocking)),
          is_replica
              ? "end the old transaction on that replica"
              : fmt::format("end it, for instance with select pg_terminate_backend({})", one.name)};
}

}  // namespace

horizon_watch::horizon_watch(const database_settings& database, duration longest)
    : longest_(longest) {
  if (dialect_of(database.url) == dialect::sqlite) {
    wal_ = sqlite::path_of(database.url);
    wal_ += "-wal";
  }
}

std::string horizon_watch::look(connection& on, time_point now, duration monotonic) {
  if (longest_.count() == 0)
    return {};
  return wal_.empty() ? look_at_server(on, now, monotonic) : look_at_wal();
}

std::string horizon_watch::look_at_server(connection& on, time_point now, duration monotonic) {
  std::optional<horizon_holder> oldest;
  guarded("cannot look for the oldest transaction", [&] {
    on.prepared<std::string, std::string, std::string, std::string, std::string, std::string,
                std::int64_t, std::int64_t, std::string>("oldest_horizon")
        .with("now", to_us(now))
        .each([&](const std::string& kind, const std::string& name, const std::string& application,
                  const std::string& role, const std::string& client, const std::string& state,
                  std::int64_t us, std::int64_t dead_jobs, const std::string& horizon) {
          oldest = {kind, name, application, role, client, state, duration{us}, dead_jobs, horizon};
        });
  });
  const auto held_by = oldest ? oldest->kind + ' ' + oldest->name + ' ' + oldest->horizon : "";
  if (held_by != held_by_) {
    held_by_ = held_by;
    seen_at_ = monotonic;
  }
  const auto since = oldest ? std::max(oldest->since, monotonic - seen_at_) : duration{0};
  age_ = std::max(since, duration{0});
  if (!oldest || since < longest_)
    return {};
  const auto [holder, next] = describe(*oldest);
  return fmt::format(
      "{} has been open for {}: versions of rows that died since cannot be removed ({} of jobs): "
      "{}",
      holder, in_words(since), oldest->dead_jobs, next);
}

std::string horizon_watch::look_at_wal() const {
  std::error_code failure;
  const auto size = std::filesystem::file_size(wal_, failure);
  if (failure || size < large_wal)
    return {};
  return fmt::format(
      "its WAL has {} MB, for a process has read in one transaction for long: end that "
      "transaction, and it shrinks",
      size >> 20);
}

}  // namespace millrace::storage
