#include "app/handlers.hpp"

#include "app/api/server.hpp"
#include "app/installation.hpp"
#include "app/services.hpp"
#include "app/traces.hpp"
#include "base/log.hpp"
#include "ingest/files/submit_key.hpp"
#include "ingest/parse/local_parsers.hpp"
#include "ingest/stages.hpp"
#include "ingest/store/blob_store.hpp"
#include "ingest/store/document_store.hpp"
#include "ingest/webhook/start_webhooks.hpp"
#include "pipeline/handlers/register.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string_view>
#include <utility>

namespace millrace::app {
namespace {

void log_notice(const pipeline::external::notice& what) {
  using kind = pipeline::external::notice::kind;
  const auto log = [&](log_level level, std::string_view id) {
    log_event(level, id,
              {{"pipeline", what.pipeline},
               {"stage", what.stage},
               {"pid", std::int64_t{what.pid}},
               {"job", what.job},
               {"text", what.text}});
  };
  switch (what.what) {
    case kind::said:
      return log(log_level::info, "HANDLER_SAID");
    case kind::progress:
      return log(log_level::debug, "HANDLER_PROGRESS");
    case kind::started:
      return log(log_level::debug, "HANDLER_STARTED");
    case kind::not_started:
      return log(log_level::warning, "HANDLER_NOT_STARTED");
    case kind::ended:
      return log(log_level::warning, "HANDLER_ENDED");
  }
}

void remove_leftovers(const std::filesystem::path& blob_dir, const std::stop_token& stop) {
  const auto removed = ingest::blob_store{blob_dir}.remove_leftovers(stop);
  if (removed > 0)
    log_event(log_level::info, "LEFTOVERS_REMOVED",
              {{"files", removed}, {"folder", blob_dir.native()}});
}

}  // namespace

std::shared_ptr<const ingest::file_seal> make_file_seal(const settings& values) {
  return std::make_shared<const ingest::file_seal>(
      [folder = values.blob_dir] { return ingest::submit_key(folder); });
}

storage::schedule make_schedule(const schedule_choice& from, const pipeline::catalog& pipelines) {
  return {.name = from.name,
          .due = cron{from.cron},
          .pipeline = pipelines.find(from.pipeline).value(),
          .priority = from.priority,
          .payload = from.payload,
          .missed = from.missed,
          .overlap = from.overlap,
          .tenant = from.tenant,
          .tags = from.tags};
}

actors::runtime_parts make_parts(const configuration& config, const clock& time,
                                 pipeline::registry own) {
  const auto& runtime = config.values.runtime;
  actors::runtime_parts parts;
  parts.pipelines = pipeline::catalog{config.pipelines};
  for (const auto& one : config.schedules)
    parts.schedules.push_back(make_schedule(one, parts.pipelines));
  const auto services = std::make_shared<ingest::service_directory>();
  const auto parser = make_parser(config.values, time);
  const auto embedder = make_embedder(config.values, time);
  parts.provide_services = [services, limits = config.values.ingest.parser, parser = parser.worker,
                            embedder = embedder.worker] {
    ingest::use_local_parsers(*services, limits);
    services->use_remote_parser(parser);
    services->use_embedder(embedder);
  };
  for (const auto& remote : {parser.remote, embedder.remote})
    if (remote)
      parts.remote.push_back(remote);
  if (const auto webhooks = make_webhooks(config.values))
    parts.servers.emplace_back([webhooks = *webhooks](const actors::server_setup& setup) {
      return ingest::start_webhooks(webhooks, setup);
    });
  parts.traces = make_exporter(config.values);
  parts.servers.emplace_back([&config, traces = parts.traces](const actors::server_setup& setup) {
    return api::start_server({.config = config,
                              .pipelines = setup.pipelines,
                              .machine_time = setup.machine_time,
                              .database_time = setup.database_time,
                              .status = setup.status,
                              .traces = traces});
  });
  parts.handlers = std::move(own);
  pipeline::add_basic_handlers(parts.handlers);
  pipeline::external::add_handlers(parts.handlers,
                                   {.time = &time, .tell = log_notice, .troubles = parts.troubles});
  parts.check_installation = make_installation_check(config.values, services, parts.troubles, time);
  auto documents = runtime.database;
  documents.pooled = actors::worker_count(runtime);
  ingest::add_ingest_handlers(
      parts.handlers,
      {.limits = config.values.ingest,
       .known = std::make_shared<ingest::document_store>(documents),
       .files = std::make_shared<ingest::blob_store>(config.values.blob_dir),
       .services = services,
       .parsing_threads = parser.calls,
       .embedding_threads = embedder.calls,
       .seal = std::make_shared<const ingest::file_seal>(
           [folder = config.values.blob_dir] { return ingest::read_submit_key(folder); }),
       .member_seal = make_file_seal(config.values)});
  parts.clean_up = [folder = config.values.blob_dir](const std::stop_token& stop) {
    remove_leftovers(folder, stop);
  };
  return parts;
}

}  // namespace millrace::app
