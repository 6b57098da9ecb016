#pragma once

#include "tests/app/sandbox.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace millrace::siege {

/// A PostgreSQL server that a test may stop and start, gone with everything in it when the test
/// ends.
class postgres_server {
 public:
  /// Makes it in the folder and starts it. Throws not_here where PostgreSQL is not installed.
  explicit postgres_server(std::filesystem::path folder);
  ~postgres_server();
  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;

  const std::string& url() const { return url_; }

  /// Ends it as a failure does: it writes nothing more, and recovers when it is started.
  void stop_hard() const;
  /// Starts it, unless it runs.
  void start() const;

 private:
  /// pg_ctl with these words, as a user that PostgreSQL runs as.
  tests::finished control(const std::string& words) const;

  tests::sandbox shell_;
  std::filesystem::path folder_;
  std::string bin_;
  std::string as_;
  std::uint16_t port_;
  std::string url_;
};

}  // namespace millrace::siege
