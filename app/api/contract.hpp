#pragma once

#include "net/http/server/request.hpp"
#include "net/http/server/response.hpp"
#include "storage/access/tokens.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// THE table of the API: routing, roles, the OpenAPI document and the page of documentation come
/// from it.
namespace millrace::app::api {

class call;
using request = net::incoming_request;
using response = net::outgoing_response;

/// What a value is; for OpenAPI, and how it is read.
enum class value_kind : std::uint8_t { text, number, flag, moment, wait, choice };

struct parameter {
  std::string name;
  value_kind kind = value_kind::text;
  std::string help;
  /// Of a choice.
  std::vector<std::string> choices{};
  /// Of a number.
  std::int64_t least = 1;
  std::int64_t most = 1'000'000'000'000;
  bool required = false;
};

struct body_spec {
  /// Media types that are taken; empty for no body.
  std::vector<std::string> types{};
  /// The name of a schema in the OpenAPI document.
  std::string schema{};
  std::string help{};
};

/// When a request is answered: at once; after as long as many jobs take, so that others must not
/// wait behind it; or, where it asks for that, when its job has ended, or with a stream of events.
enum class answer_mode : std::uint8_t { at_once, many_jobs, end_of_job, events };

struct route {
  std::string method;
  /// "/v1/jobs/{id}/cancel".
  std::string path;
  /// For OpenAPI and clients: "cancelJob".
  std::string id;
  storage::access_role role = storage::access_role::viewer;
  /// One sentence.
  std::string summary;
  std::vector<parameter> query{};
  /// Those that the request may have, for the documentation.
  std::vector<parameter> headers{};
  body_spec body{};
  /// Status of success, and the schema of the answer; empty for plain text.
  int status = 200;
  std::string answer{};
  /// The `millrace` command that does the same; may be empty.
  std::string command{};
  response (*run)(call& in) = nullptr;
  answer_mode mode = answer_mode::at_once;
  /// Needs no token: /healthz, /readyz.
  bool is_open = false;
  /// While the database is away, a token that it knew of late is good for this.
  bool needs_no_database = false;
  /// Of the body, in bytes; 0 for a file's, which ingest.max_file_size bounds.
  std::size_t body_limit = std::size_t{1} << 20;
};

/// All routes, in the order of the documentation.
const std::vector<route>& contract();

using path_parts = std::map<std::string, std::string, std::less<>>;

/// The route of a request, with what stands in place of `{...}` in its path.
struct match {
  const route* found = nullptr;
  path_parts path{};
  /// Methods of that path, where none has this method: "GET, POST".
  std::string allowed{};
};

match find_route(const request& asked);

}  // namespace millrace::app::api
