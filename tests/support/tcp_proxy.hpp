#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace millrace::tests {

/// A way to the PostgreSQL server of the tests that can fail: it can be cut, be silent, or lose the
/// connection at a COMMIT.
class tcp_proxy {
 public:
  /// Listens on a port of its own and passes everything on to the server of the URL.
  explicit tcp_proxy(const std::string& server_url);
  ~tcp_proxy();
  tcp_proxy(const tcp_proxy&) = delete;
  tcp_proxy& operator=(const tcp_proxy&) = delete;

  /// The server's URL, by way of the proxy.
  const std::string& url() const;

  /// Every connection ends now; with `refuse`, so does every new one until `mend`.
  void cut(bool refuse);
  /// Nothing passes any more, and neither side is told, until `mend`.
  void be_silent();
  /// Every connection ends at its next query, as behind a pooler whose server is away, until
  /// `mend`.
  void cut_queries();
  void mend();

  enum class commit_fate { reaches_server, is_lost };
  /// The next COMMIT reaches the server or not; either way its connection ends before the answer.
  void cut_at_commit(commit_fate fate);
  /// Connections that ended at a COMMIT.
  int commits_cut() const;

 private:
  struct shared;
  std::shared_ptr<shared> state_;
};

}  // namespace millrace::tests
