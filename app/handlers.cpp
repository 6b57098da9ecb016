#include "app/handlers.hpp"

#include "actors/log.hpp"
#include "app/services.hpp"
#include "pipeline/external/handlers.hpp"
#include "pipeline/ingest/stages.hpp"
#include "storage/blob_store.hpp"
#include "storage/document_store.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

namespace millrace::app {
namespace {

void log_notice(const pipeline::external::notice& what) {
  using kind = pipeline::external::notice::kind;
  using actors::log_level;
  const auto log = [&](log_level level, std::string_view id) {
    actors::log_event(level, id,
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

storage::schedule make_schedule(const schedule_choice& from, const pipeline::catalog& pipelines) {
  using storage::missed_runs;
  return {.name = from.name,
          .due = pipeline::cron{from.cron},
          .pipeline = pipelines.find(from.pipeline).value(),
          .priority = from.priority,
          .payload = from.payload,
          .missed = from.missed == "each"    ? missed_runs::each
                    : from.missed == "never" ? missed_runs::never
                                             : missed_runs::once};
}

}  // namespace

actors::runtime_parts make_parts(const configuration& config, pipeline::registry own) {
  const auto& runtime = config.values.runtime;
  actors::runtime_parts parts;
  parts.pipelines = pipeline::catalog{config.pipelines};
  for (const auto& one : config.schedules)
    parts.schedules.push_back(make_schedule(one, parts.pipelines));
  parts.services = std::make_shared<pipeline::ingest::service_directory>();
  const auto parser = make_parser(config.values);
  const auto embedder = make_embedder(config.values);
  parts.parser = parser.worker;
  parts.embedder = embedder.worker;
  for (const auto& remote : {parser.remote, embedder.remote})
    if (remote)
      parts.remote.push_back(remote);
  parts.webhooks = make_webhooks(config.values);
  parts.handlers = std::move(own);
  pipeline::add_basic_handlers(parts.handlers);
  static const pipeline::system_clock time;
  pipeline::external::add_handlers(parts.handlers, {.time = &time, .tell = log_notice});
  pipeline::ingest::add_ingest_handlers(
      parts.handlers, {.limits = config.values.ingest,
                       .known = std::make_shared<storage::document_store>(runtime.database),
                       .files = std::make_shared<storage::blob_store>(config.values.blob_dir),
                       .services = parts.services,
                       .parsing_threads = parser.calls,
                       .embedding_threads = embedder.calls});
  return parts;
}

}  // namespace millrace::app
