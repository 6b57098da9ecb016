#pragma once

#include "actors/status/runtime_status.hpp"
#include "app/api/contract.hpp"
#include "app/api/problem.hpp"
#include "app/api/views/views.hpp"
#include "app/commands/view_fields.hpp"
#include "app/settings/settings.hpp"
#include "base/time.hpp"
#include "ingest/interfaces.hpp"
#include "pipeline/definition.hpp"
#include "pipeline/tracing/exporter.hpp"
#include "storage/access/tokens.hpp"
#include "storage/db/connection_pool.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace millrace::app::api {

class access_check;

/// What every request of a server shares.
struct environment {
  const configuration& config;
  const pipeline::catalog& pipelines;
  storage::connection_pool& connections;
  access_check& access;
  /// Of the database.
  const millrace::clock& time;
  /// What its actors do; null where no runtime runs in this process.
  std::shared_ptr<const actors::runtime_status> status;
  /// Where its spans go; null for nowhere.
  std::shared_ptr<const pipeline::tracing::exporter> traces;
  /// The server ends: what waits answers at once.
  std::stop_token ending;
  /// That of the settings. Throws app::error when its secret cannot be read.
  std::function<std::shared_ptr<const ingest::embedder>()> embedder;
};

/// One request on its way: its parameters, checked against its route, and the token that it shows.
class call {
 public:
  /// Throws problem for parameters that the route does not have, or of the wrong kind.
  call(const environment& around, const request& asked, const match& at,
       storage::access_token holder);

  const environment& around() const { return around_; }
  const request& asked() const { return asked_; }
  const storage::access_token& holder() const { return holder_; }
  /// "NAME (token) from ADDRESS", for the history of a job.
  std::string by() const;

  bool has(std::string_view name) const { return first(name) != nullptr; }
  /// Empty where it is not given.
  std::string text(std::string_view name) const;
  std::int64_t number(std::string_view name, std::int64_t otherwise) const;
  bool flag(std::string_view name) const { return text(name) == "true"; }
  std::optional<time_point> moment(std::string_view name) const;
  duration wait(std::string_view name) const;

  /// `{id}` of the path. Throws problem 404.
  std::int64_t job_id() const;
  const std::string& part(std::string_view name) const { return at_.path.find(name)->second; }

  /// Lends a connection for a while. A problem passes as it is; anything else that goes wrong is a
  /// storage::error.
  template <class Use>
  auto with_database(Use use) {
    std::optional<problem> refused;
    auto made = around_.connections.with_connection("cannot answer the request",
                                                    [&](storage::connection& on) {
                                                      std::optional<decltype(use(on))> answer;
                                                      try {
                                                        answer = use(on);
                                                      } catch (const problem& why) {
                                                        refused = why;
                                                      }
                                                      return answer;
                                                    });
    if (refused)
      throw *std::move(refused);
    return *std::move(made);
  }

  /// What the token is bound to: tenants and pipelines of others are as if they were not there.
  bool may_see(std::string_view pipeline, std::string_view tenant) const;
  /// Throw problem 403, which says why, for a token that is bound to a tenant, or at all.
  void require_no_tenant(std::string why) const;
  void require_unbound(std::string why) const;
  /// The parameter, or what the token is bound to where it is. Throws problem 403 where they
  /// differ.
  std::string bound(std::string_view name, const std::string& to) const;

 private:
  const std::string* first(std::string_view name) const;
  void check(const parameter& of, const std::string& value) const;

  const environment& around_;
  const request& asked_;
  const match& at_;
  storage::access_token holder_;
};

/// The most bytes that the body of an upload may have.
std::size_t largest_upload(const configuration& config);

/// "application/json" of "Application/JSON; charset=utf-8".
std::string media_type(std::string_view header);

/// An answer with a document in one line.
response json_response(const nlohmann::ordered_json& document, int status = 200);
/// An answer with the fields of a view.
template <class View>
response view_response(const View& view, int status = 200) {
  return json_response(shown_value(view), status);
}
/// An answer of that media type.
response typed_response(std::string type, std::string body, int status = 200);

}  // namespace millrace::app::api
