#include "tests/simulation/other_hands.hpp"

#include "base/check.hpp"
#include "tests/simulation/random.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <utility>

namespace millrace::simulation {
namespace {

/// A column, and what is put there.
using value = std::pair<std::string_view, std::string_view>;

constexpr std::array odd_values{
    value{"pipeline", "'nobody'"},
    value{"pipeline", "x'00ff'"},
    value{"stage", "'nowhere'"},
    value{"stage", "''"},
    value{"stage", "replace(hex(zeroblob(3000)), '00', 's')"},
    value{"priority", "2147483647"},
    value{"priority", "-2147483648"},
    value{"priority", "1.5"},
    value{"priority", "'high'"},
    value{"epoch", "9223372036854775807"},
    value{"epoch", "1152921504606846975"},
    value{"epoch", "-5"},
    value{"epoch", "'x'"},
    value{"run_at", "'2026-01-01 00:00:00'"},
    value{"run_at", "-9223372036854775807"},
    value{"run_at", "9223372036854775807"},
    value{"run_at", "253402300799999999"},
    value{"run_at", "0"},
    value{"run_at", "1.5"},
    value{"claimed_by", "77"},
    value{"claimed_by", "'me'"},
    value{"claimed_by", "(select max(runtime_id) from runtimes)"},
    value{"lane", "777"},
    value{"lane", "'z'"},
    value{"lane", "-1"},
    value{"lane", "(select max(lane) from lanes)"},
    value{"state", "'working'"},
    value{"state", "'retryable'"},
    value{"state", "'done'"},
    value{"state", "'lost'"},
    value{"attempt", "2147483647"},
    value{"attempt", "9223372036854775807"},
    value{"attempt", "-3"},
    value{"crashes", "9223372036854775807"},
    value{"crashes", "-1"},
    value{"cancel_requested", "7"},
    value{"cancel_requested", "1"},
    value{"correlation_id", "x'ff'"},
    value{"correlation_id", "replace(hex(zeroblob(5000)), '00', 'c')"},
    value{"updated_at", "-1"},
};

constexpr std::array odd_details{
    value{"payload", "'{'"},
    value{"payload", "x'00'"},
    value{"payload", "replace(hex(zeroblob(90000)), '00', '[')"},
    value{"payload", "'{\"a\": 1}'"},
    value{"output", "'no json'"},
    value{"tenant", "replace(hex(zeroblob(5000)), '00', 't')"},
    value{"tenant", "x'ff00'"},
    value{"tags", "'no list'"},
    value{"unique_key", "'key'"},
    value{"parent", "999999"},
};

}  // namespace

void other_hands::closer::operator()(sqlite3* on) const { sqlite3_close(on); }

other_hands::other_hands(const std::filesystem::path& database) {
  sqlite3* on = nullptr;
  MILLRACE_CHECK(sqlite3_open(database.c_str(), &on) == SQLITE_OK);
  on_.reset(on);
}

other_hands::~other_hands() = default;

bool other_hands::run(const std::string& sql) {
  char* why = nullptr;
  const bool is_done = sqlite3_exec(on_.get(), sql.c_str(), nullptr, nullptr, &why) == SQLITE_OK;
  saw(fmt::format("{}{}{}", sql, is_done ? "" : ": ", is_done ? "" : why));
  sqlite3_free(why);
  return is_done;
}

std::optional<pipeline::job_id> other_hands::insert(const step& one, time_point now) {
  std::string columns = "created_at";
  auto values = fmt::format("{}", to_us(now));
  const auto add = [&](const value& what) {
    const auto& [column, is] = what;
    if ((", " + columns + ",").find(fmt::format(", {},", column)) != std::string::npos)
      return;
    columns += fmt::format(", {}", column);
    values += fmt::format(", {}", is);
  };
  // One in eight is as it must be.
  if (one.a % 8 != 0) {
    add(odd_values.at(one.b % odd_values.size()));
    if ((one.a >> 8) % 4 == 0)
      add(odd_values.at(one.c % odd_values.size()));
  }
  const auto us = fmt::format("{}", to_us(now));
  for (const auto& what : {value{"pipeline", "'p'"}, value{"stage", "'a'"}, value{"run_at", us},
                           value{"updated_at", us}})
    add(what);
  if (!run("begin immediate"))
    return std::nullopt;
  bool is_made = run(fmt::format("insert into jobs ({}) values ({})", columns, values));
  const auto id = sqlite3_last_insert_rowid(on_.get());
  if (is_made && (one.a >> 16) % 3 == 0) {
    const auto& [column, is] = odd_details.at((one.a >> 24) % odd_details.size());
    is_made = run(fmt::format("insert into job_details (job_id, at, {}) values ({}, {}, {})",
                              column, id, us, is));
  }
  is_made = is_made && run("commit");
  if (!is_made)
    run("rollback");
  return is_made ? std::optional{pipeline::job_id{id}} : std::nullopt;
}

bool other_hands::change(const step& one, pipeline::job_id id) {
  if (one.b % 16 == 0)
    return run(fmt::format("delete from jobs where job_id = {}", id));
  const auto& [column, is] = odd_values.at(one.b % odd_values.size());
  return run(fmt::format("update jobs set {} = {} where job_id = {}", column, is, id));
}

std::optional<pipeline::job_id> other_hands::refuse(const step& one, pipeline::job_id id,
                                                    time_point now) {
  if (!run("begin immediate"))
    return std::nullopt;
  const bool is_immovable = id == 0 || one.b % 2 == 0;
  bool is_done = true;
  if (is_immovable) {
    const auto us = to_us(now);
    is_done =
        run(fmt::format("insert into jobs (pipeline, stage, run_at, created_at, updated_at)"
                        " values ('p', 'a', {0}, {0}, {0})",
                        us));
    id = sqlite3_last_insert_rowid(on_.get());
    is_done =
        is_done &&
        run(fmt::format("insert into job_details (job_id, at, tenant) values ({}, {}, 'of {}')", id,
                        us, id));
  }
  is_done =
      is_done && run(fmt::format("create trigger if not exists refuse_{0} before update of state on"
                                 " jobs when new.job_id = {0}{1} begin"
                                 " select raise(abort, 'other hands refuse it'); end",
                                 id, is_immovable ? "" : " and new.state = 'working'"));
  is_done = is_done && run("commit");
  if (!is_done)
    run("rollback");
  else if (is_immovable)
    immovable_.insert(id);
  return is_done ? std::optional{id} : std::nullopt;
}

std::string other_hands::stuck(const std::set<pipeline::job_id>& written,
                               const pipeline::catalog& pipelines, time_point now) const {
  sqlite3_stmt* rows = nullptr;
  // What has got into the lane of one that cannot be moved stands behind it.
  const auto sql = fmt::format(
      "select j.job_id, cast(j.pipeline as text), cast(j.stage as text), j.state, j.run_at, j.lane,"
      " coalesce(d.code, ''), coalesce(j.claimed_by, 'nobody')"
      " from jobs j left join job_details d using (job_id)"
      " where j.state in ('queued', 'retryable', 'working')"
      " and j.lane not in (select lane from jobs where lane <> 0 and job_id in ({}))",
      fmt::join(immovable_, ", "));
  MILLRACE_CHECK(sqlite3_prepare_v2(on_.get(), sql.c_str(), -1, &rows, nullptr) == SQLITE_OK);
  const auto text = [&](int column) {
    const auto* const found = reinterpret_cast<const char*>(sqlite3_column_text(rows, column));
    return std::string{found == nullptr ? "" : found};
  };
  std::string all;
  while (sqlite3_step(rows) == SQLITE_ROW) {
    const auto id = sqlite3_column_int64(rows, 0);
    if (!written.contains(id) || immovable_.contains(id))
      continue;
    const auto in = pipelines.find(text(1));
    const bool is_served = in && pipelines.at(*in).find_stage(text(2));
    const bool is_due = sqlite3_column_int64(rows, 4) <= to_us(now);
    if (text(3) == "working" || (is_served && is_due))
      all += fmt::format(" row {} is {} at {} of {}, run_at {}, lane {}, held by {};", text(0),
                         text(3), text(2), text(1), text(4), text(5), text(7));
  }
  sqlite3_finalize(rows);
  return all;
}

}  // namespace millrace::simulation
