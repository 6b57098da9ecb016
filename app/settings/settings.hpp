#pragma once

#include "actors/runtime.hpp"
#include "pipeline/definition.hpp"
#include "pipeline/ingest/remote_embedder.hpp"
#include "pipeline/ingest/settings.hpp"
#include "pipeline/remote/service.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace millrace::app {

/// Which embedder is used, and how a remote one is reached.
struct embedder_choice {
  /// "local", "remote" or "hybrid".
  std::string mode = "local";
  pipeline::ingest::remote_embedder_settings model;
  pipeline::remote::service_settings service;
  /// Where the key is; neither is set where the service wants none. Never the key itself.
  std::string key_env;
  std::filesystem::path key_file;
};

/// The values of every option in app/settings/option.hpp, with their defaults.
struct settings {
  /// With the database (`storage.*`) in it.
  actors::runtime_settings runtime;
  pipeline::ingest::settings ingest;
  std::filesystem::path blob_dir;
  /// Whose documents `submit` makes.
  std::string owner = "default";
  std::string parser_mode = "local";
  embedder_choice embedder;
  std::string log_level = "info";
  std::string log_format = "text";
};

/// One value in effect, and who says so: "default", "FILE:LINE", "environment NAME" or "command
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
  /// Every value, in the order of the table, then those of the pipelines' stages.
  std::vector<effective> listing;
};

}  // namespace millrace::app
