#include "storage/db/postgres.hpp"

#include "storage/db/postgres_url.hpp"
#include "storage/db/session_limits.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <utility>

namespace millrace::storage::postgres {

using namespace std::chrono_literals;

namespace {

constexpr auto opening = "cannot open the database";

PGconn* handle_of(soci::session& session) {
  return static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
}

/// One value of one row.
std::string ask(soci::session& session, const std::string& sql) {
  std::string answer;
  session << sql, soci::into(answer);
  return answer;
}

/// A pooler hands out process ids of its own making.
bool is_behind_pooler(soci::session& session) {
  return ask(session, "select cast(pg_backend_pid() as text)") !=
         std::to_string(PQbackendPID(handle_of(session)));
}

void require_usable(soci::session& session) {
  constexpr int oldest = 130000;
  if (const int version = PQserverVersion(handle_of(session)); version < oldest)
    throw error{error_kind::permanent, opening,
                fmt::format("the server is PostgreSQL {}, and 13 is the oldest that millrace uses",
                            version / 10000),
                "use a newer server"};
  if (const auto encoding = ask(session, "select current_setting('server_encoding')");
      encoding != "UTF8")
    throw error{error_kind::schema, opening,
                fmt::format("the encoding of the database is {}, not UTF8", encoding),
                "make one with `create database ... encoding 'UTF8' template template0`"};
}

/// Plans must not depend on the values at hand, nor on statistics, which are always late in a table
/// that changes so fast: a plan that was made while the table was empty must do when it has
/// millions of rows. So jobs are found through indexes, and those to claim come out of theirs in
/// order and need no sort (measured with 100,000 that wait: 67 us a job with one, 5 us without).
/// Statements that run for a millisecond are not compiled.
constexpr std::array plan_settings{"jit = off", "plan_cache_mode = force_generic_plan",
                                   "enable_seqscan = off", "enable_sort = off"};

/// A statement that waits, or runs, for a client that is gone ends. Not every system can tell.
void watch_client(soci::session& session, const session_limits& limits) {
  constexpr int first_that_does = 140000;
  if (PQserverVersion(handle_of(session)) < first_that_does)
    return;
  try {
    execute(session,
            fmt::format("set client_connection_check_interval = {}", limits.silence.count() / 3));
  } catch (const soci::soci_error&) {
    // The other limits hold without it.
  }
}

void configure(soci::session& session, const database_settings& settings) {
  std::string sql;
  for (const auto* one : plan_settings)
    sql += fmt::format("set {};", one);
  sql += limits_of(settings).of_session();
  sql += "set bytea_output = hex; set default_transaction_isolation = 'read committed';";
  // Only what weakens durability is overruled: a replica that must confirm is not.
  if (ask(session, "select current_setting('synchronous_commit')") == "off")
    sql += "set synchronous_commit = on;";
  sql += fmt::format("set search_path = {};", quote(settings.schema));
  execute(session, sql);
  watch_client(session, limits_of(settings));
}

/// What is set in a session is lost behind a pooler: the role must bring the schema along.
void require_schema_of_role(soci::session& session, const database_settings& settings) {
  if (ask(session, "select coalesce(current_schema(), '')") == settings.schema)
    return;
  throw error{error_kind::permanent, opening,
              fmt::format("behind a pooler the schema {} is not the one that tables are looked for "
                          "in",
                          settings.schema),
              fmt::format("make it, and give it to the role: `alter role ... set search_path = {}`",
                          quote(settings.schema))};
}

/// Or it would look as if it were not there.
void require_use_of_schema(soci::session& session, const database_settings& settings) {
  std::string barred;
  session << "select cast(count(*) as text) from pg_catalog.pg_namespace"
             " where nspname = :schema and not has_schema_privilege(oid, 'usage')",
      soci::into(barred), soci::use(settings.schema);
  if (barred == "0")
    return;
  throw error{error_kind::permanent, opening,
              fmt::format("this user may not use the schema {}", settings.schema),
              fmt::format("`grant usage on schema {} to {}`, and see docs/postgresql.md for what "
                          "else it needs",
                          quote(settings.schema), quote(ask(session, "select current_user")))};
}

void add_parameter(std::string& url, std::string_view name, std::string_view value) {
  if (url.find(fmt::format("{}=", name)) == std::string::npos)
    url += fmt::format("{}{}={}", query_of(url) == url.size() ? '?' : '&', name, value);
}

/// SOCI 4.0.3 loses a connection, with its buffers, that ends before the first statement that it
/// sends of itself; behind a pooler whose server is away each one does. So when one has failed, the
/// next is tried without SOCI first.
void try_without_soci(const std::string& url) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> trial{PQconnectdb(url.c_str()), PQfinish};
  const std::unique_ptr<PGresult, decltype(&PQclear)> answer{PQexec(trial.get(), "select 1"),
                                                             PQclear};
  if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK)
    throw soci::soci_error(PQerrorMessage(trial.get()));
}

std::unique_ptr<soci::session> connect_with_soci(const std::string& url) {
  static std::atomic<bool> has_failed{false};
  if (has_failed)
    try_without_soci(url);
  try {
    auto session = std::make_unique<soci::session>(soci::postgresql, url);
    has_failed = false;
    return session;
  } catch (...) {
    has_failed = true;
    throw;
  }
}

/// Failures to connect carry no code, only what the server says.
std::unique_ptr<soci::session> connect(const database_settings& settings) {
  try {
    return connect_with_soci(connection_string(settings));
  } catch (const soci::soci_error& e) {
    const auto why = plain_message(e.get_error_message());
    // What mends itself: the server starts, restarts, is full, is not reached.
    for (const std::string_view lasting : {"authentication failed", "pg_hba.conf", "does not exist",
                                           "permission denied", "no password supplied", "invalid"})
      if (why.find(lasting) != std::string::npos)
        throw error{error_kind::permanent, opening, why,
                    "correct storage.url, or what the server knows of this user and database"};
    throw error{error_kind::transient, opening, why, advice_on_connecting(why)};
  }
}

}  // namespace

std::string connection_string(const database_settings& settings) {
  auto url = settings.url;
  require_clear_url(url);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(settings.connect_timeout).count();
  add_parameter(url, "connect_timeout", std::to_string(seconds));
  add_parameter(url, "application_name", settings.session_name);
  add_parameter(url, "client_encoding", "UTF8");
  const auto limits = limits_of(settings);
  const auto keepalive = std::to_string(limits.keepalive.count());
  add_parameter(url, "keepalives_idle", keepalive);
  add_parameter(url, "keepalives_interval", keepalive);
  add_parameter(url, "keepalives_count", "2");
  add_parameter(url, "tcp_user_timeout", std::to_string(limits.silence.count()));
  return url;
}

statement_session open(const database_settings& settings) {
  // The server ends a statement first, if it can be reached.
  const auto patience = limits_of(settings).statement;
  const auto margin = std::clamp<std::chrono::milliseconds>(patience / 4, 250ms, 5s);
  auto session = connect(settings);
  // Notices ("already exists") are for people at a prompt.
  PQsetNoticeProcessor(
      handle_of(*session), [](void*, const char*) {}, nullptr);
  auto guard = std::make_unique<stall_guard>(PQsocket(handle_of(*session)), patience + margin);
  const stall_guard::armed setting_up{guard.get()};
  require_usable(*session);
  const bool is_pooled = is_behind_pooler(*session);
  if (is_pooled) {
    require_schema_of_role(*session, settings);
  } else {
    configure(*session, settings);
    require_use_of_schema(*session, settings);
  }
  return {std::move(session), !is_pooled, std::move(guard)};
}

void execute(soci::session& session, std::string_view sql) {
  auto* connection = handle_of(session);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result{
      PQexec(connection, std::string{sql}.c_str()), PQclear};
  const auto status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
    return;
  const auto* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
  throw soci::postgresql_soci_error(PQerrorMessage(connection), state != nullptr ? state : "     ");
}

std::string advice_on_connecting(std::string_view said) {
  for (const std::string_view full :
       {"too many", "remaining connection slots", "no more connections"})
    if (said.find(full) != std::string_view::npos)
      return "end connections that nothing needs (pg_stat_activity shows them), raise "
             "max_connections of the server, or lower storage.writers; a runtime tries again by "
             "itself";
  return "see that the server runs and can be reached; a runtime tries again by itself";
}

std::string plain_message(std::string_view said) {
  // SOCI puts words of its own before what the server says.
  for (const std::string_view prefix :
       {"Cannot establish connection to the database.", "Cannot execute query.",
        "Cannot prepare statement.", "Cannot execute query", "Fatal error.", "Connection failed."})
    if (const auto at = said.find(prefix); at != std::string_view::npos && at < 2)
      said.remove_prefix(at + prefix.size());
  for (const std::string_view prefix : {"ERROR:", "FATAL:"})
    if (const auto at = said.find_first_not_of(" \n\t");
        at != std::string_view::npos && said.substr(at).starts_with(prefix))
      said.remove_prefix(at + prefix.size());
  // One line, without the indentation of the others.
  std::string plain;
  bool space = false;
  for (const char c : said) {
    if (c == ' ' || c == '\n' || c == '\t') {
      space = !plain.empty();
      continue;
    }
    if (std::exchange(space, false))
      plain += ' ';
    plain += c;
  }
  return plain;
}

bool schema_exists(soci::session& session, const std::string& schema) {
  std::string answer;
  session << "select cast(count(*) as text) from pg_catalog.pg_namespace where nspname = :schema",
      soci::into(answer), soci::use(schema);
  return answer != "0";
}

std::string begin_sql(const database_settings& settings, bool is_pooled) {
  std::string sql{"begin"};
  if (!is_pooled)
    return sql;
  for (const auto* one : plan_settings)
    sql += fmt::format("; set local {}", one);
  sql += limits_of(settings).of_transaction();
  // As in configure(): durability is not weakened because a pooler stands between.
  return sql +
         "; select set_config('synchronous_commit', 'on', true)"
         " where current_setting('synchronous_commit') = 'off'";
}

std::string commit_sql(soci::session& session) {
  return ask(session, "select current_setting('synchronous_standby_names')").empty()
             ? "commit"
             : "set local statement_timeout = 0; commit";
}

bool is_broken(soci::session& session) { return PQstatus(handle_of(session)) != CONNECTION_OK; }

bool has_failed_transaction(soci::session& session) {
  return PQtransactionStatus(handle_of(session)) == PQTRANS_INERROR;
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text{"\\x"};
  text.reserve(2 + bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::string from_hex(std::string_view text) {
  MILLRACE_CHECK(text.starts_with("\\x") && text.size() % 2 == 0);
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 2; i < text.size(); i += 2) {
    unsigned char byte = 0;
    std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

std::string channel_of(const database_settings& settings) { return "millrace." + settings.schema; }

std::string quote(std::string_view identifier) {
  std::string quoted{"\""};
  for (const char c : identifier) {
    quoted += c;
    if (c == '"')
      quoted += c;
  }
  return quoted + '"';
}

}  // namespace millrace::storage::postgres
