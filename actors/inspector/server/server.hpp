#pragma once

#include "actors/inspector/protocol/requests.hpp"
#include "actors/inspector/server/responses.hpp"
#include "net/host_port.hpp"
#include "net/tls/tls_files.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

/// The way in for clients of a runtime: a Unix-domain socket that only its owner may use, and on
/// demand a TCP port that speaks TLS with the holders of a certificate for it.
namespace millrace::actors {

/// Where the socket of a data directory is.
std::filesystem::path inspector_socket(const std::filesystem::path& data_dir);

/// Where to listen on TCP, and with which certificates.
struct tls_listening {
  net::host_port at;
  net::tls_files files;
};

struct inspector_server_settings {
  std::filesystem::path data_dir;
  /// That of this binary, for the greeting.
  std::string version;
  std::optional<tls_listening> listen;
};

/// Listens, on a thread of its own, and carries requests in and answers out. A client of the
/// socket (mode 0600) must be this user or root. Every client must greet first: `millrace inspector
/// VERSION`; then each line is a request (actors/inspector/protocol/json_codec.hpp). The server
/// turns away another user at once, a client that breaks the protocol, one that has not greeted
/// after ten seconds, one that does not take an answer in thirty, and the one that has been silent
/// for longest when too many come.
class inspector_server {
 public:
  using request_handler = std::function<void(request, std::shared_ptr<response_handle>)>;

  /// Replaces a socket that is there already: the caller has the lock of the data directory. Throws
  /// millrace::error for the socket or the port, tls_error for the certificates.
  explicit inspector_server(const inspector_server_settings& settings);
  /// Removes the socket and ends the thread.
  ~inspector_server();
  inspector_server(const inspector_server&) = delete;
  inspector_server& operator=(const inspector_server&) = delete;

  /// Sets what answers from now on. It is called on the server's thread and must not block. Until
  /// the first call, every client is turned away.
  void serve(request_handler handler);

 private:
  struct loop;
  std::unique_ptr<loop> loop_;
};

}  // namespace millrace::actors
