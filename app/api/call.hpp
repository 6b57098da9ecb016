#pragma once

#include "app/api/contract.hpp"
#include "app/api/problem.hpp"
#include "app/settings/settings.hpp"
#include "base/time.hpp"
#include "pipeline/definition.hpp"
#include "storage/access/tokens.hpp"
#include "storage/db/connection_pool.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace millrace::app::api {

/// What every request of a server shares.
struct environment {
  const configuration& config;
  const pipeline::catalog& pipelines;
  storage::connection_pool& connections;
  /// Of the database.
  const millrace::clock& time;
  /// The server ends: what waits answers at once.
  std::stop_token ending;
};

/// One request on its way: its parameters, checked against its route, and who asks.
class call {
 public:
  /// Throws problem for parameters that the route does not have, or of the wrong kind.
  call(const environment& around, const request& asked, const match& at,
       storage::access_token holder);

  const environment& around() const { return around_; }
  const request& asked() const { return asked_; }
  const storage::access_token& holder() const { return holder_; }
  /// "token NAME from ADDRESS", for the history of a job.
  std::string by() const;

  bool has(std::string_view name) const { return first(name) != nullptr; }
  /// Empty where it is not given.
  std::string text(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;
  std::int64_t number(std::string_view name, std::int64_t otherwise) const;
  bool flag(std::string_view name) const { return text(name) == "true"; }
  std::optional<time_point> moment(std::string_view name) const;
  duration wait(std::string_view name) const;

  /// `{id}` of the path. Throws problem 404.
  std::int64_t job_id() const;
  const std::string& part(std::string_view name) const { return at_.path.find(name)->second; }

  /// Lends a connection for a while.
  template <class Use>
  auto with_database(Use use) {
    return around_.connections.with_connection("cannot answer the request", std::move(use));
  }

  /// What the token is bound to: tenants and pipelines of others are as if they were not there.
  bool may_see(std::string_view pipeline, std::string_view tenant) const;

 private:
  const std::string* first(std::string_view name) const;
  void check(const parameter& of, const std::string& value) const;

  const environment& around_;
  const request& asked_;
  const match& at_;
  storage::access_token holder_;
};

/// An answer with a document in one line.
response json_response(const nlohmann::ordered_json& document, int status = 200);

}  // namespace millrace::app::api
