#include "storage/db/prepared_statement.hpp"

#include "base/check.hpp"

#include <fmt/format.h>

#include <chrono>

namespace millrace::storage {

statement_base::parameter& statement_base::at(std::string_view name, bool is_text) {
  for (auto& known : parameters_) {
    if (known.name == name) {
      MILLRACE_CHECK(known.is_text == is_text);
      return known;
    }
  }
  MILLRACE_CHECK(!prepared_);
  return parameters_.emplace_back(parameter{std::string{name}, is_text, 0, {}});
}

void statement_base::set(std::string_view name, long long value) { at(name, false).number = value; }

void statement_base::set(std::string_view name, std::string_view value) {
  at(name, true).text = value;
}

soci::statement& statement_base::ready() {
  if (prepared_)
    return *prepared_;
  soci::statement fresh{*on_.session};
  fresh.alloc();
  fresh.prepare(std::string{sql_}, on_.keeps_statements ? soci::details::st_repeatable_query
                                                        : soci::details::st_one_time_query);
  bind_columns(fresh);
  for (auto& given : parameters_) {
    if (given.is_text)
      fresh.exchange(soci::use(given.text, given.name));
    else
      fresh.exchange(soci::use(given.number, given.name));
  }
  fresh.define_and_bind();
  // A copy shares the statement with the original.
  return prepared_.emplace(fresh);
}

soci::statement& statement_base::execute(bool at_once) {
  const stall_guard::armed waiting{on_.guard.get()};
  auto& prepared = ready();
  prepared.execute(at_once);
  return prepared;
}

void statement_session::throw_if_stalled() const {
  if (guard && guard->has_fired())
    throw error{error_kind::transient, "cannot reach the database",
                fmt::format("it has not answered for {:.1f} s, and the connection was given up",
                            std::chrono::duration<double>(guard->patience()).count()),
                "look at the network and at the server; a runtime tries again by itself"};
}

}  // namespace millrace::storage
