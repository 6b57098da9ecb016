#pragma once

#include "base/os/stop_signal.hpp"
#include "base/os/unique_fd.hpp"
#include "storage/db/files.hpp"
#include "storage/notify/change_listener.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace millrace::storage {

/// Hears with inotify that a process, this one included, writes to the WAL of a SQLite database:
/// connection::data_version() tells whose change it was. It watches the folder, for the file comes
/// and goes.
class sqlite_listener final : public change_listener {
 public:
  explicit sqlite_listener(const database_settings& settings);

  news wait() override;
  void stop() override { stop_.give(); }

 private:
  using clock = std::chrono::steady_clock;

  news listen();
  bool read_events();
  std::optional<clock::time_point> next_look() const;

  const std::string url_;
  stop_signal stop_;
  unique_fd events_;
  /// The name of the WAL within its folder.
  std::string wal_;
  bool listening_ = false;
  /// When the WAL was last seen to be written; until the change can surely be seen.
  std::optional<clock::time_point> written_;
  clock::time_point told_{};
};

}  // namespace millrace::storage
