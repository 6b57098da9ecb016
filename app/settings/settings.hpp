#pragma once

#include "actors/runtime/runtime.hpp"
#include "base/log.hpp"
#include "base/named_value.hpp"
#include "ingest/embed/remote_embedder.hpp"
#include "ingest/parse/remote_parser.hpp"
#include "ingest/settings.hpp"
#include "pipeline/definition.hpp"
#include "pipeline/services/service.hpp"
#include "storage/runtimes/schedules.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace millrace::app {

/// Where a secret is: in the one or the other; neither is set where there is none. Never the secret
/// itself.
struct secret_place {
  std::string env;
  std::filesystem::path file;
};

/// Where the work of a service is done: in this process, by a service elsewhere, or by that one
/// while it is in order and else in this process.
enum class service_mode : std::uint8_t { local, remote, hybrid };

inline constexpr auto service_mode_names =
    std::to_array<named_value<service_mode>>({{service_mode::local, "local"},
                                              {service_mode::remote, "remote"},
                                              {service_mode::hybrid, "hybrid"}});

/// Where the work is done, and how a service that does it is reached.
struct service_choice {
  service_mode mode = service_mode::local;
  pipeline::remote::service_settings service;
  secret_place key;
};

struct embedder_choice : service_choice {
  ingest::remote_embedder_settings model;
};

/// Which files go to the parser's service, of those that it can parse.
enum class remote_files : std::uint8_t { all, pdf, html };

inline constexpr auto remote_files_names = std::to_array<named_value<remote_files>>(
    {{remote_files::all, "all"}, {remote_files::pdf, "pdf"}, {remote_files::html, "html"}});

struct parser_choice : service_choice {
  ingest::remote_parser_settings how;
  remote_files files = remote_files::all;
  /// Where the service can call back, `ADDRESS:PORT`; empty for nowhere.
  std::string webhook_listen;
  secret_place webhook_secret;
  duration webhook_tolerance = std::chrono::minutes{5};
};

/// Jobs that are made when their time comes.
struct schedule_choice {
  std::string name;
  std::string cron;
  std::string pipeline;
  /// JSON; empty for none.
  std::string payload;
  int priority = 0;
  storage::missed_runs missed = storage::missed_runs::once;
  storage::overlap overlap = storage::overlap::allow;
  std::string tenant;
  std::vector<std::string> tags;
};

/// Where HTTP is answered, and to whom.
struct http_choice {
  /// `ADDRESS:PORT`, or "off".
  std::string listen = "127.0.0.1:7117";
  /// Empty for HTTP without TLS.
  std::filesystem::path certificate;
  std::filesystem::path key;
  std::vector<std::string> hosts;
  std::vector<std::string> origins;
};

/// Where traces go.
struct telemetry_choice {
  /// Empty for nowhere.
  std::string endpoint;
  double ratio = 1;
  std::string service_name = "millrace";
  secret_place key;
  std::filesystem::path ca_file;
};

/// How else the levels of the log are written.
inline constexpr auto log_level_spellings =
    std::to_array<named_value<log_level>>({{log_level::debug, "trace"},
                                           {log_level::debug, "verbose"},
                                           {log_level::info, "information"},
                                           {log_level::info, "notice"},
                                           {log_level::warning, "warn"},
                                           {log_level::error, "err"},
                                           {log_level::off, "none"}});

/// The values of every option in app/settings/option.hpp, with their defaults.
struct settings {
  /// With the database (`storage.*`) in it.
  actors::runtime_settings runtime;
  ingest::settings ingest;
  std::filesystem::path blob_dir;
  /// Whose documents `submit` makes.
  std::string owner = "default";
  parser_choice parser;
  embedder_choice embedder;
  http_choice http;
  telemetry_choice telemetry;
  millrace::log_level log_level = millrace::log_level::info;
  millrace::log_format log_format = millrace::log_format::text;
};

/// One value in effect, and its source: "default", "FILE:LINE", "environment NAME" or "command
/// line".
struct effective {
  std::string key;
  std::string value;
  std::string origin;
};

/// What a command runs with: the values, and the pipelines, the built-in ones first.
struct configuration {
  settings values;
  std::vector<pipeline::definition> pipelines;
  std::vector<schedule_choice> schedules;
  /// Every value, in the order of the table, then those of the pipelines' stages, the
  /// schedules and the tenants.
  std::vector<effective> listing;
  /// The file among the sources, empty for none, and why it is that one.
  std::string file;
  std::string file_reason;
  /// Variables of the environment that look like settings and are not, in words.
  std::vector<std::string> ignored_variables;
};

}  // namespace millrace::app
