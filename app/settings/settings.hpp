#pragma once

#include "actors/runtime/runtime.hpp"
#include "ingest/embed/remote_embedder.hpp"
#include "ingest/parse/remote_parser.hpp"
#include "ingest/settings.hpp"
#include "pipeline/definition.hpp"
#include "pipeline/services/service.hpp"

#include <chrono>
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

/// Where the work is done, and how a service that does it is reached.
struct service_choice {
  /// "local", "remote" or "hybrid".
  std::string mode = "local";
  pipeline::remote::service_settings service;
  secret_place key;
};

struct embedder_choice : service_choice {
  ingest::remote_embedder_settings model;
};

struct parser_choice : service_choice {
  ingest::remote_parser_settings how;
  /// Which ones go to the service: "all", "pdf" or "html".
  std::string files = "all";
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
  /// "once", "never" or "each": what becomes of times that were missed.
  std::string missed = "once";
};

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
  std::string log_level = "info";
  std::string log_format = "text";
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
  /// Variables of the environment that look like settings and are not, in words.
  std::vector<std::string> ignored_variables;
};

}  // namespace millrace::app
