#pragma once

#include "app/api/server.hpp"
#include "app/settings/settings.hpp"
#include "base/time.hpp"
#include "pipeline/definition.hpp"
#include "storage/access/tokens.hpp"
#include "storage/db/database.hpp"
#include "tests/support/http/http_peer.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/test_database.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace millrace::tests {

/// A request as tests write it.
struct api_request {
  std::string method;
  std::string target;
  std::string body{};
  std::string type = "application/json";
  /// Empty for none.
  std::string token = "owner";
  std::vector<std::pair<std::string, std::string>> headers{};
};

/// What the server says to it.
struct api_answer {
  int status = 0;
  std::map<std::string, std::string> headers;
  std::string body;

  nlohmann::json json() const { return nlohmann::json::parse(body); }
  /// Of a problem document.
  std::string code() const { return json().value("code", ""); }
};

/// The API over a SQLite database of its own, on a port, with the pipelines p (stages a, b) and q
/// (stage a); the owner's token is "owner".
class api_server {
 public:
  explicit api_server(app::api::access_settings access = {});

  std::uint16_t port() const { return server_.port(); }
  storage::connection& on() { return on_; }

  /// On a connection of its own.
  api_answer ask(const api_request& what) const;
  api_answer get(const std::string& target) const { return ask({"GET", target}); }
  api_answer post(const std::string& target, const std::string& body = "{}") const {
    return ask({"POST", target, body});
  }

  /// The secret of a new token.
  std::string token(storage::access_role role, storage::access_token bound = {});
  /// The id of a new job.
  std::int64_t submit(const std::string& pipeline = "p", const std::string& tenant = {});
  /// What a statement answers.
  std::int64_t count(const std::string& sql);
  /// Files of documents.
  std::int64_t blobs() const;
  /// What is ordered, as the events say.
  std::vector<std::string> orders();

  bool stop() { return server_.stop(std::chrono::seconds{10}); }

 private:
  temp_dir dir_;
  test_database database_{storage::dialect::sqlite};
  storage::connection on_{database_.settings()};
  app::configuration config_;
  pipeline::catalog pipelines_;
  const system_clock time_;
  int tokens_ = 0;
  app::api::server server_;
};

/// The request as it goes over the wire.
std::string wire_text(const api_request& what);

}  // namespace millrace::tests
