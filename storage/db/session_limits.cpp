#include "storage/db/session_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace millrace::storage {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

session_limits limits_of(const database_settings& settings) {
  const auto lease = settings.lease;
  session_limits made;
  made.statement = settings.statement_timeout;
  made.lock_wait = std::max<milliseconds>(lease / 3, 250ms);
  if (settings.serves_lease) {
    made.statement = std::min(made.statement, std::max<milliseconds>(lease / 2, 500ms));
    made.lock_wait = std::clamp<milliseconds>(lease / 8, 100ms, 2s);
  }
  made.lock_wait = std::min(made.lock_wait, made.statement);
  made.idle_in_transaction = std::clamp<milliseconds>(lease / 3, 250ms, 1min);
  made.silence = std::clamp<milliseconds>(lease * 3 / 5, 1s, 1min);
  made.keepalive = std::max(1s, std::chrono::duration_cast<std::chrono::seconds>(made.silence / 3));
  return made;
}

namespace {

using named_limits = std::array<std::pair<const char*, milliseconds>, 3>;

named_limits named(const session_limits& from) {
  return {{{"statement_timeout", from.statement},
           {"lock_timeout", from.lock_wait},
           {"idle_in_transaction_session_timeout", from.idle_in_transaction}}};
}

}  // namespace

std::string session_limits::of_session() const {
  std::string sql;
  for (const auto& [name, time] : named(*this))
    sql += fmt::format("set {} = {};", name, time.count());
  return sql + fmt::format(
                   "set tcp_keepalives_idle = {0}; set tcp_keepalives_interval = {0};"
                   "set tcp_keepalives_count = 2; set tcp_user_timeout = {1};",
                   keepalive.count(), silence.count());
}

std::string session_limits::of_transaction() const {
  std::string sql;
  for (const auto& [name, time] : named(*this))
    sql += fmt::format("; set local {} = {}", name, time.count());
  return sql;
}

}  // namespace millrace::storage
