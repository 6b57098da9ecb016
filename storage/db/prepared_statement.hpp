#pragma once

#include "storage/db/error.hpp"
#include "storage/db/stall_timeout.hpp"

#include <soci/soci.h>

#include <concepts>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace millrace::storage {

/// The session of a connection, as its statements use it.
struct statement_session {
  std::unique_ptr<soci::session> session;
  /// A statement that was prepared is there when it is next used.
  bool keeps_statements = true;
  /// Null where no network is between.
  std::unique_ptr<stall_guard> guard;

  /// Throws storage::error when the guard has fired: that says more than what libpq says then.
  void throw_if_stalled() const;
};

/// What all prepared statements share: their text, and their parameters by name. SOCI binds
/// addresses, so the values live here.
class statement_base {
 public:
  statement_base(const statement_session& on, std::string_view sql) : on_(on), sql_(sql) {}
  virtual ~statement_base() = default;
  statement_base(const statement_base&) = delete;
  statement_base& operator=(const statement_base&) = delete;

 protected:
  void set(std::string_view name, long long value);
  void set(std::string_view name, std::string_view value);
  /// Prepares the statement if it is not, and executes it. Without `at_once`, its rows are fetched
  /// afterwards, one by one.
  soci::statement& execute(bool at_once);
  virtual void bind_columns(soci::statement& to) = 0;

  /// Runs `work`; after a failure the statement is finalised, for a half-read one would hold its
  /// locks, and is prepared again when it is next used.
  template <class Work>
  decltype(auto) attempt(Work work) {
    try {
      return work();
    } catch (...) {
      prepared_.reset();
      on_.throw_if_stalled();
      throw;
    }
  }

 private:
  struct parameter {
    std::string name;
    bool is_text = false;
    long long number = 0;
    std::string text;
  };
  parameter& at(std::string_view name, bool is_text);
  soci::statement& ready();

  const statement_session& on_;
  std::string_view sql_;
  std::deque<parameter> parameters_;
  std::optional<soci::statement> prepared_;
};

/// A prepared statement that is used again and again, with a row of these columns (std::int64_t,
/// double or std::string, which takes blobs too). Columns must not be null: the SQL says coalesce.
template <class... Columns>
class statement final : public statement_base {
 public:
  using statement_base::statement_base;

  template <std::integral Number>
  statement& with(std::string_view name, Number value) {
    set(name, static_cast<long long>(value));
    return *this;
  }
  statement& with(std::string_view name, std::string_view value) {
    set(name, value);
    return *this;
  }

  /// Executes a statement that returns no row; answers how many rows it changed.
  std::int64_t run() requires(sizeof...(Columns) == 0) {
    return attempt([&] { return static_cast<std::int64_t>(execute(true).get_affected_rows()); });
  }

  /// Executes it and calls `use` with the columns of each row. `use` must not use this statement.
  template <class Use>
  void each(Use use) requires(sizeof...(Columns) > 0) {
    attempt([&] {
      auto& prepared = execute(false);
      while (prepared.fetch())
        std::apply(use, std::as_const(row_));
    });
  }

  /// Executes it; the first row, or nothing.
  std::optional<std::tuple<Columns...>> first() requires(sizeof...(Columns) > 0) {
    std::optional<std::tuple<Columns...>> found;
    each([&](const Columns&... columns) {
      if (!found)
        found.emplace(columns...);
    });
    return found;
  }

 private:
  void bind_columns(soci::statement& to) override {
    std::apply([&](Columns&... column) { (to.exchange(soci::into(column)), ...); }, row_);
  }

  std::tuple<Columns...> row_;
};

}  // namespace millrace::storage
