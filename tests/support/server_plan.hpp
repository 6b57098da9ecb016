#pragma once

#include "storage/db/database.hpp"

#include <cctype>
#include <string>

namespace millrace::tests {

/// How PostgreSQL executes a statement of storage/sql that is prepared once for all values.
inline std::string server_plan(storage::connection& on, const std::string& name) {
  std::string sql;
  std::string nulls;
  int count = 0;
  const std::string named{on.sql(name)};
  for (std::size_t i = 0; i < named.size(); ++i) {
    if (named[i] != ':') {
      sql += named[i];
      continue;
    }
    nulls += nulls.empty() ? "null" : ", null";
    sql += "$" + std::to_string(++count);
    while (i + 1 < named.size() &&
           (std::isalnum(static_cast<unsigned char>(named[i + 1])) != 0 || named[i + 1] == '_'))
      ++i;
  }
  on.session() << "prepare asked as " << sql;
  std::string plan;
  soci::rowset<std::string> rows =
      on.session().prepare << "explain execute asked" + (nulls.empty() ? nulls : "(" + nulls + ")");
  for (const auto& row : rows)
    plan += row + "\n";
  on.session() << "deallocate asked";
  return plan;
}

}  // namespace millrace::tests
