#pragma once

#include "tests/app/sandbox.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace millrace::killtest {

/// A PostgreSQL server that a test may stop and start, gone with everything in it when the test
/// ends.
class postgres_server {
 public:
  /// Makes it in the folder and starts it; it takes connections from this machine, and at the
  /// addresses from their own networks. Throws not_here where PostgreSQL is not installed.
  explicit postgres_server(std::filesystem::path folder,
                           const std::vector<std::string>& addresses = {});
  ~postgres_server();
  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;

  const std::string& url() const { return url_; }
  /// The same, by one of the addresses.
  std::string url(const std::string& address) const;

  /// Ends it as a failure does: it writes nothing more, and recovers when it is started.
  void stop_hard() const;
  /// Starts it, unless it runs.
  void start() const;

  /// Keeps a copy of all that is in it, as of this moment; and puts that into its place, while the
  /// server is away for a moment: what was committed since is lost.
  void keep_copy() const;
  void go_back_to_copy() const;

 private:
  /// pg_ctl with these words, as a user that PostgreSQL runs as.
  tests::finished control(const std::string& words) const;
  void must(const std::string& script) const;

  tests::sandbox shell_;
  std::filesystem::path folder_;
  std::string bin_;
  std::string as_;
  std::uint16_t port_;
  std::string url_;
};

}  // namespace millrace::killtest
