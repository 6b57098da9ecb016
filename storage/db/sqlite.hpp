#pragma once

#include "storage/db/database.hpp"

#include <filesystem>
#include <memory>
#include <string>

/// What is particular to opening a SQLite database.
namespace millrace::storage::sqlite {

/// "MLRC": marks the header of a database file as millrace's (`pragma application_id`). The first
/// migration writes it.
inline constexpr std::int64_t application_id = 0x4d4c5243;

/// The file that `sqlite:PATH` names. Throws storage::error when it names none.
std::filesystem::path path_of(const std::string& url);

/// Which file the URL leads to now: another one under the same name has another identity. Empty
/// where there is none.
std::string file_identity(const std::string& url);

/// Opens `sqlite:PATH` and sets the session up. Throws storage::error and what SOCI throws.
std::unique_ptr<soci::session> open(const database_settings& settings);

}  // namespace millrace::storage::sqlite
