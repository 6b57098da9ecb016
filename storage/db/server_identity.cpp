#include "storage/db/server_identity.hpp"

#include "storage/db/sqlite.hpp"

namespace millrace::storage {

std::string server_identity(connection& on, const database_settings& opened_with) {
  if (on.dialect() == dialect::sqlite)
    return sqlite::file_identity(opened_with.url);
  try {
    return guarded("cannot ask which server it is", [&] {
      return std::get<0>(on.prepared<std::string>("server_identity").first().value());
    });
  } catch (const error& refused) {
    if (refused.kind() != error_kind::permanent)
      throw;
    return {};
  }
}

}  // namespace millrace::storage
