#include "storage/notify/postgres_listener.hpp"

#include "storage/db/postgres.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace millrace::storage {
namespace {

using namespace std::chrono_literals;

/// What storage/sql/postgres/notify_heartbeat.sql sends.
constexpr std::string_view heartbeat_payload = "heartbeat";

error lost(std::string why) {
  auto next = postgres::advice_on_connecting(why);
  return error{error_kind::transient, "cannot listen for notifications", std::move(why),
               std::move(next)};
}

error lost(PGconn* connection) { return lost(postgres::plain_message(PQerrorMessage(connection))); }

}  // namespace

void postgres_listener::closer::operator()(pg_conn* connection) const { PQfinish(connection); }

postgres_listener::postgres_listener(const database_settings& settings,
                                     std::chrono::milliseconds heartbeat)
    : settings_(settings), patience_(heartbeat * 3) {}

news postgres_listener::wait() {
  if (!silent_at_)
    silent_at_ = clock::now() + patience_;
  while (!stop_.is_given())
    if (auto told = step())
      return *told;
  return {news::kind::stopped};
}

std::optional<news> postgres_listener::step() {
  if (std::exchange(changed_, false))
    return news{};
  if (clock::now() >= *silent_at_)
    return note_silence();
  return connection_ ? hear() : reconnect();
}

/// A network that has gone silent looks like a pooler that keeps notifications to itself: another
/// connection is tried.
std::optional<news> postgres_listener::note_silence() {
  auto why =
      connection_ ? fmt::format("no notification has come for {} ms", patience_.count()) : trouble_;
  silent_at_ = clock::now() + patience_;
  connection_.reset();
  if (std::exchange(is_silent_, true))
    return std::nullopt;
  return news{news::kind::nothing_heard, std::move(why),
              "where a pooler stands between, let it pool sessions or point storage.url past it; "
              "until then new jobs are found by polling"};
}

std::optional<news> postgres_listener::reconnect() {
  stop_.wait_until(std::min(retry_at_, *silent_at_));
  if (stop_.is_given() || clock::now() < retry_at_)
    return std::nullopt;
  try {
    connection_ = connect();
    return news{};
  } catch (const error& e) {
    lose(e.why());
    return std::nullopt;
  }
}

std::optional<news> postgres_listener::hear() {
  const bool any = take_notifications();
  if (any) {
    backoff_ = 0ms;
    silent_at_ = clock::now() + patience_;
    if (std::exchange(is_silent_, false))
      return news{news::kind::heard_again};
    return std::nullopt;
  }
  if (stop_.wait_for(PQsocket(connection_.get()), POLLIN, *silent_at_) &&
      (PQconsumeInput(connection_.get()) == 0 || PQstatus(connection_.get()) != CONNECTION_OK))
    lose(postgres::plain_message(PQerrorMessage(connection_.get())));
  return std::nullopt;
}

/// Takes what has arrived; whether there was any.
bool postgres_listener::take_notifications() {
  bool any = false;
  for (;;) {
    const std::unique_ptr<PGnotify, decltype(&PQfreemem)> one{PQnotifies(connection_.get()),
                                                              PQfreemem};
    if (!one)
      return any;
    any = true;
    changed_ = changed_ || one->extra != heartbeat_payload;
  }
}

void postgres_listener::lose(std::string why) {
  trouble_ = std::move(why);
  connection_.reset();
  backoff_ = std::clamp<std::chrono::milliseconds>(backoff_ * 2, 50ms, 2s);
  retry_at_ = clock::now() + backoff_;
}

postgres_listener::handle postgres_listener::connect() {
  const auto deadline = clock::now() + settings_.connect_timeout;
  handle made{PQconnectStart(postgres::connection_string(settings_).c_str())};
  if (!made)
    throw lost("there is no memory for a connection");
  // As libpq wants it: at first as if the last answer had been "writing".
  auto next = PGRES_POLLING_WRITING;
  while (next != PGRES_POLLING_OK) {
    if (next == PGRES_POLLING_FAILED || PQstatus(made.get()) == CONNECTION_BAD)
      throw lost(made.get());
    await(made.get(), next == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline);
    next = PQconnectPoll(made.get());
  }
  PQsetNoticeProcessor(
      made.get(), [](void*, const char*) {}, nullptr);
  listen(made.get(), deadline);
  return made;
}

void postgres_listener::listen(pg_conn* connection, clock::time_point deadline) {
  const auto sql = "listen " + postgres::quote(postgres::channel_of(settings_));
  if (PQsetnonblocking(connection, 1) != 0 || PQsendQuery(connection, sql.c_str()) == 0)
    throw lost(connection);
  for (int unsent = PQflush(connection); unsent != 0; unsent = PQflush(connection)) {
    if (unsent < 0)
      throw lost(connection);
    await(connection, POLLOUT, deadline);
  }
  for (;;) {
    while (PQisBusy(connection) != 0) {
      await(connection, POLLIN, deadline);
      if (PQconsumeInput(connection) == 0)
        throw lost(connection);
    }
    const std::unique_ptr<PGresult, decltype(&PQclear)> result{PQgetResult(connection), PQclear};
    if (!result)
      return;
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK)
      throw lost(connection);
  }
}

void postgres_listener::await(pg_conn* connection, short events, clock::time_point deadline) const {
  if (stop_.wait_for(PQsocket(connection), events, deadline))
    return;
  throw lost(stop_.is_given() ? "it was told to stop" : "the server does not answer");
}

}  // namespace millrace::storage
