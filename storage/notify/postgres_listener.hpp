#pragma once

#include "base/os/stop_signal.hpp"
#include "storage/notify/change_listener.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

struct pg_conn;

namespace millrace::storage {

/// Listens on a connection of its own for what inserts of jobs notify. A connection that is lost,
/// and one that has been silent for three heartbeats, is replaced, with backoff. It waits for the
/// network only until stop() is called, except while a host name is looked up.
class postgres_listener final : public change_listener {
 public:
  postgres_listener(const database_settings& settings, std::chrono::milliseconds heartbeat);

  news wait() override;
  void stop() override { stop_.give(); }

 private:
  using clock = std::chrono::steady_clock;
  struct closer {
    void operator()(pg_conn* connection) const;
  };
  using handle = std::unique_ptr<pg_conn, closer>;

  std::optional<news> step();
  std::optional<news> note_silence();
  std::optional<news> reconnect();
  std::optional<news> hear();
  bool take_notifications();
  void lose(std::string why);

  handle connect();
  void listen(pg_conn* connection, clock::time_point deadline);
  void await(pg_conn* connection, short events, clock::time_point deadline) const;

  const database_settings settings_;
  const std::chrono::milliseconds patience_;
  stop_signal stop_;
  handle connection_;
  /// Why there is no connection.
  std::string trouble_;
  std::chrono::milliseconds backoff_{0};
  clock::time_point retry_at_{};
  /// When silence has lasted too long.
  std::optional<clock::time_point> silent_at_;
  bool is_silent_ = false;
  /// Heard, but not told yet.
  bool changed_ = false;
};

}  // namespace millrace::storage
