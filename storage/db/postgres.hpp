#pragma once

#include "storage/db/database.hpp"

#include <string>
#include <string_view>

/// What is particular to a PostgreSQL database: opening it, and what SOCI has no word for.
namespace millrace::storage::postgres {

/// Opens `postgresql://...` and sets the session up. Behind a pooler (pgbouncer) the server at the
/// other end may change with every transaction: then nothing is kept in it, neither prepared
/// statements nor settings. Throws storage::error and what SOCI throws.
statement_session open(const database_settings& settings);

/// Executes SQL of one or more statements that return nothing. Throws what SOCI throws.
void execute(soci::session& session, std::string_view sql);

bool schema_exists(soci::session& session, const std::string& schema);

/// What a transaction begins with.
std::string begin_sql(const database_settings& settings, bool is_pooled);

/// What it ends with. Where a replica must confirm, the commit waits for that without a time limit:
/// a limit would end the wait and call committed what the replica does not have.
std::string commit_sql(soci::session& session);

/// The connection is lost.
bool is_broken(soci::session& session);
/// A statement of the transaction failed; PostgreSQL would answer a commit with a silent rollback.
bool has_failed_transaction(soci::session& session);

/// bytea in hexadecimal, there and back.
std::string to_hex(std::string_view bytes);
std::string from_hex(std::string_view text);

/// What the server said, on one line and without SOCI's words around it.
std::string plain_message(std::string_view said);

/// What to do when it refused or lost a connection with these words.
std::string advice_on_connecting(std::string_view said);

/// The channel on which an insert of jobs notifies. One for each schema.
std::string channel_of(const database_settings& settings);

/// An identifier, quoted.
std::string quote(std::string_view identifier);

/// The URL with the connection's own parameters (time limits, name); without what it has itself.
std::string connection_string(const database_settings& settings);

}  // namespace millrace::storage::postgres
