#pragma once

#include "base/time.hpp"
#include "storage/db/database.hpp"

namespace millrace::storage {

/// What the schema of a database is, against what this binary knows.
struct schema_version {
  /// 0 for an empty database.
  int database = 0;
  int binary = 0;
  /// A millrace that knows the schema up to this version can use the database.
  int works_with = 0;
};

/// Reads the version; changes nothing.
schema_version read_schema_version(connection& on);

/// Brings the schema to this binary's version under a lock, each migration in a transaction of its
/// own, and returns how many were applied; then makes the tables of the application, if the
/// settings have any and this database has not. A database that a newer binary has migrated is left
/// as it is; throws storage::error{schema} when this binary cannot use it, or when it is a database
/// of something else.
int migrate(connection& on, time_point now);

/// Throws storage::error{schema} unless the schema is this binary's, or one that it can use.
void require_current_schema(connection& on);

}  // namespace millrace::storage
