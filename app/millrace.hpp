#pragma once

#include "pipeline/api.hpp"
#include "storage/db/database.hpp"

#include <functional>
#include <string>
#include <vector>

/// millrace for programs with handlers of their own.
namespace millrace {

using storage::connection;
using storage::dialect;

/// A whole millrace, with the handlers beside its own and the pipelines beside `ingest`: every
/// command, `run` among them. The end of main(): `return millrace::run(argc, argv, handlers)`.
/// Pipelines may as well stand in the configuration.
int run(int argc, char** argv, registry handlers, std::vector<definition> pipelines = {});

/// The same for a program whose handlers write into tables of their own (application_effect).
struct application {
  registry handlers{};
  std::vector<definition> pipelines{};
  /// Makes these tables: SQL of one or more statements, each ending with a semicolon at the end of
  /// its line. It runs once on each database, before any work; a program that wants more tables
  /// later gives a longer text, whose statements say `if not exists`. May be null.
  std::function<std::string(dialect)> schema{};
};
int run(int argc, char** argv, application own);

}  // namespace millrace
