#pragma once

#include "storage/db/database.hpp"

#include <soci/soci.h>

#include <cstdint>
#include <optional>
#include <string>

namespace millrace::tests {

/// A session that holds what a statement has locked, for as long as it lives.
struct stranger {
  storage::connection on;
  std::optional<storage::transaction> held;

  stranger(const storage::database_settings& to, const std::string& sql) : on{to}, held{on} {
    on.run_script(sql);
  }
  std::int64_t backend() {
    long long pid = 0;
    on.session() << "select pg_backend_pid()", soci::into(pid);
    return pid;
  }
};

}  // namespace millrace::tests
