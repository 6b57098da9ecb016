#include "app/settings/option.hpp"

#include "app/settings/allowed.hpp"
#include "app/settings/kinds.hpp"
#include "app/settings/make_option.hpp"
#include "app/settings/service_options.hpp"
#include "storage/db/dialect.hpp"

#include <limits>
#include <utility>

namespace millrace::app {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t mib = std::int64_t{1} << 20;
constexpr std::int64_t any_size = std::numeric_limits<std::int64_t>::max() >> 20 << 20;
constexpr auto day = 24h;

bool is_database_url(std::string_view text) {
  return storage::dialect_of(text) && !text.ends_with(':') && !text.ends_with("://");
}

/// What PostgreSQL takes as a name without cutting it short.
bool is_schema(std::string_view text) {
  return !text.empty() && text.size() <= 50 && (text.front() < '0' || text.front() > '9') &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

// How to reach a member of the settings, for reading and for writing.
#define MEMBER(path) ([](auto& in) -> auto& { return in.path; })

option add(std::string name, auto member, const auto& kind, std::string help,
           std::string derived_default = {}) {
  return make_option<settings>(std::move(name), member, kind, std::move(help),
                               std::move(derived_default));
}

const kinds::path path{{not_empty, "a path"}};
const kinds::path path_or_nothing{{[](auto) { return true; }, "a path"}};

std::vector<option> storage_options() {
  const kinds::database url{{is_database_url, "sqlite:PATH or postgresql://USER@HOST/DATABASE"}};
  const kinds::text schema{is_schema, "1 to 50 lower-case letters, digits and `_`"};
  return {
      add("storage.url", MEMBER(runtime.database.url), url,
          "The database; without it, a SQLite database in the data directory.",
          "sqlite:{data_dir}/millrace.db"),
      add("storage.busy_timeout", MEMBER(runtime.database.busy_timeout), kinds::time{1ms, 1h},
          "SQLite: how long a statement waits for a lock that another process holds."),
      add("storage.schema", MEMBER(runtime.database.schema), schema,
          "PostgreSQL: the schema of the tables; made if it is not there."),
      add("storage.connect_timeout", MEMBER(runtime.database.connect_timeout), kinds::time{2s, 1h},
          "PostgreSQL: how long the server may take to accept a connection."),
      add("storage.statement_timeout", MEMBER(runtime.database.statement_timeout),
          kinds::time{100ms, day},
          "PostgreSQL: how long a statement may take; those of a runtime that writes take half of "
          "runtime.lease at most."),
      add("storage.writers", MEMBER(runtime.writers), kinds::number{1, 64},
          "Connections on which a runtime writes at once. PostgreSQL only: SQLite has one writer."),
      add("storage.blob_dir", MEMBER(blob_dir), path,
          "Where files and their text are kept; runtimes that share a database share it.",
          "{data_dir}/blobs"),
  };
}

std::vector<option> runtime_options() {
  return {
      add("runtime.data_dir", MEMBER(runtime.data_dir), path,
          "Where files and the database are kept; $XDG_DATA_HOME/millrace where that is set.",
          "~/.local/share/millrace"),
      add("runtime.in_flight", MEMBER(runtime.in_flight), kinds::number{1, 1'000'000},
          "Jobs that one runtime holds at most at a time."),
      add("runtime.in_flight_bytes", MEMBER(runtime.in_flight_bytes), kinds::size{mib, any_size},
          "Of the payloads and outputs of these, about; one job is taken however large it is."),
      add("runtime.claim_batch", MEMBER(runtime.claim_batch), kinds::number{1, 100'000},
          "Jobs that are claimed from the database at once at most."),
      add("runtime.worker_threads", MEMBER(runtime.worker_threads), kinds::number{0, 1024},
          "Calls of a stage's handler at once, where the stage does not say (concurrency); 0 means "
          "as many as there are cores."),
      add("runtime.lease", MEMBER(runtime.lease), kinds::time{100ms, day},
          "How long a runtime may be silent before another one takes its jobs."),
      add("runtime.heartbeat", MEMBER(runtime.heartbeat), kinds::time{10ms, day},
          "How often a runtime says that it is alive; a third of runtime.lease if not set.",
          format_duration(actors::runtime_settings{}.heartbeat)),
      add("runtime.init_timeout", MEMBER(runtime.init_timeout), kinds::time{1ms, 1h},
          "How long the parts of a runtime may take to start before it gives up."),
      add("runtime.shutdown_grace", MEMBER(runtime.shutdown_grace), kinds::time{0s, 1h},
          "How long work in progress may go on after SIGTERM before it is given back."),
      add("runtime.poll_interval_min", MEMBER(runtime.poll_interval_min), kinds::time{1ms, 1h},
          "How long a runtime without work waits before it looks again, at first."),
      add("runtime.poll_interval_max", MEMBER(runtime.poll_interval_max), kinds::time{1ms, 1h},
          "How long a runtime without work waits before it looks again, at most."),
      add("runtime.controls_interval", MEMBER(runtime.controls_interval), kinds::time{10ms, 1h},
          "How often a runtime looks for cancelled jobs and paused stages."),
      add("runtime.health_interval", MEMBER(runtime.health_interval), kinds::time{10ms, 1h},
          "How often the health of the runtime is looked at."),
      add("runtime.health_hung_after", MEMBER(runtime.health_hung_after), kinds::time{100ms, day},
          "How long a part of the runtime may owe an answer before it counts as hung."),
      add("runtime.health_max_lag", MEMBER(runtime.health_max_lag), kinds::time{1s, 365 * day},
          "How long the oldest job may wait before the runtime counts as degraded."),
      add("runtime.health_max_transaction", MEMBER(runtime.health_max_transaction),
          kinds::time{0s, 365 * day},
          "How long a transaction of another session may be open on the database before the "
          "runtime counts as degraded; 0 means for ever."),
      add("runtime.health_max_dead", MEMBER(runtime.health_max_dead),
          kinds::number{0, 1'000'000'000},
          "Jobs that may die within a minute before the runtime counts as degraded; 0 means any "
          "number."),
      add("runtime.crash_limit", MEMBER(runtime.crash_limit), kinds::number{1, 1000},
          "Deaths of a runtime with the same job in hand after which the job is dead."),
      add("runtime.priority_ageing", MEMBER(runtime.priority_ageing), kinds::time{0s, 365 * day},
          "How long a job must wait to count as one of the next higher priority, so that none "
          "starves; 0 means never."),
      add("runtime.max_restarts", MEMBER(runtime.max_restarts), kinds::number{0, 1000},
          "Crashed parts that are restarted within runtime.restart_window before it gives up."),
      add("runtime.restart_window", MEMBER(runtime.restart_window), kinds::time{1s, day},
          "The time over which restarts are counted."),
      add("runtime.until_idle", MEMBER(runtime.until_idle), kinds::truth{},
          "Whether a runtime ends by itself when nothing is left to do."),
      add("runtime.min_free_disk", MEMBER(runtime.min_free_disk), kinds::size{0, any_size},
          "Free disk space under which no new work is taken in."),
  };
}

const kinds::time kept{0s, 36'500 * day};

std::vector<option> retention_options() {
  const kinds::path folder{{[](std::string_view) { return true; }, "the path of a folder"}};
  return {
      add("retention.finished", MEMBER(runtime.retention.finished), kept,
          "How long jobs that are done or cancelled are kept; 0 means for ever."),
      add("retention.dead", MEMBER(runtime.retention.dead), kept,
          "How long dead jobs are kept; 0 means for ever."),
      add("retention.events", MEMBER(runtime.retention.events), kept,
          "How long the history of jobs is kept; 0 means for ever."),
      add("retention.interval", MEMBER(runtime.retention_interval), kinds::time{10ms, day},
          "How often a runtime looks for what is older than that."),
      add("retention.archive", MEMBER(runtime.retention.archive), folder,
          "The folder where jobs are archived before they are deleted, one file a day, one JSON "
          "document a line; nothing means nowhere."),
  };
}

std::vector<option> tenant_defaults() {
  std::vector<option> all;
  for (const auto& one : tenant_options()) {
    const auto of = [](auto& in) -> auto& { return in.runtime.other_tenants; };
    all.push_back({.name = "tenants." + one.name,
                   .help = one.help,
                   .allowed = one.allowed,
                   .derived_default = {},
                   .print = [&one, of](const settings& from) { return one.print(of(from)); },
                   .read = [&one, of](settings& into,
                                      std::string_view text) { return one.read(of(into), text); }});
  }
  return all;
}

std::vector<option> ingest_options() {
  const kinds::program program{{not_empty, "the name or path of a program"}};
  const kinds::text owner{is_plain_name, "1 to 64 lower-case letters, digits, `_`, `-` and `.`"};
  return {
      add("ingest.owner", MEMBER(owner), owner, "Whose documents `millrace submit` makes."),
      add("ingest.allowed_paths", MEMBER(ingest.intake.allowed_paths),
          kinds::list{is_absolute_path, "absolute paths of folders"},
          "Folders below which files are read for jobs that `millrace submit FILE` did not make, "
          "as "
          "those that are inserted with SQL, separated by commas; nothing means none."),
      add("ingest.max_file_size", MEMBER(ingest.intake.max_file_size), kinds::size{1, any_size},
          "The largest file that is taken in."),
      add("ingest.max_name_length", MEMBER(ingest.intake.max_name_length), kinds::number{1, 255},
          "Characters that the name of a file may have."),
      add("ingest.max_pages", MEMBER(ingest.parser.max_pages), kinds::number{1, 100'000},
          "Pages that a PDF may have."),
      add("ingest.max_archive_depth", MEMBER(ingest.unpack.max_depth), kinds::number{1, 10},
          "Archives and mail within one another that are unpacked, the outermost included."),
      add("ingest.max_archive_members", MEMBER(ingest.unpack.max_members), kinds::number{1, 10'000},
          "Files that an archive or a mail may hold."),
      add("ingest.max_archive_size", MEMBER(ingest.unpack.max_bytes), kinds::size{1, any_size},
          "The size that an archive or a mail may unpack to."),
      add("ingest.parser_time_limit", MEMBER(ingest.parser.time_limit), kinds::time{1ms, day},
          "How long a parser may take."),
      add("ingest.parser_cpu_limit", MEMBER(ingest.parser.cpu_limit), kinds::time{1s, day},
          "How much CPU time a parser may take, in whole seconds."),
      add("ingest.parser_memory_limit", MEMBER(ingest.parser.memory_limit),
          kinds::size{16 * mib, any_size}, "How much memory a parser may take."),
      add("ingest.max_text_size", MEMBER(ingest.parser.max_text_size), kinds::size{1, any_size},
          "The largest text that a parser may make of a file."),
      add("ingest.parser_helper", MEMBER(ingest.parser.helper), program,
          "The program that runs a parser under its limits; a bare name is looked for beside "
          "`millrace`, then in PATH."),
      add("ingest.chunk_target", MEMBER(ingest.chunk.target_size), kinds::size{16, mib},
          "The size that a chunk of text should have."),
      add("ingest.chunk_max", MEMBER(ingest.chunk.max_size), kinds::size{16, mib},
          "The size that a chunk of text may have."),
      add("ingest.chunk_overlap", MEMBER(ingest.chunk.overlap), kinds::size{0, mib},
          "How much of the chunk before a chunk repeats within a section."),
      add("ingest.embed_micro_batch", MEMBER(ingest.embed.micro_batch), kinds::number{1, 256},
          "Chunks that are embedded and saved at once; a crash loses at most one such batch."),
  };
}

std::vector<option> http_options() {
  return {
      add("http.listen", MEMBER(http.listen),
          kinds::text{is_listen_address_or_off, "ADDRESS:PORT, or off"},
          "Where a runtime and `millrace serve` answer HTTP: the API, and figures for Prometheus."),
      add("http.cert", MEMBER(http.certificate), path_or_nothing,
          "The certificate that the server shows, with those between it and its authority: then it "
          "speaks HTTPS only."),
      add("http.key", MEMBER(http.key), path_or_nothing, "The key that belongs to it."),
      add("http.hosts", MEMBER(http.hosts), kinds::list{is_host_name, "names in DNS"},
          "Names by which clients reach the server, beside localhost and IP addresses; requests "
          "for others are refused."),
      add("http.origins", MEMBER(http.origins),
          kinds::list{is_origin, "origins as https://HOST:PORT"},
          "Origins whose web pages may use the API, beside those of the server itself."),
  };
}

std::vector<option> other_options() {
  return {
      add("inspector.enabled", MEMBER(runtime.inspector_enabled), kinds::truth{},
          "Whether `millrace inspect` can attach to a runtime, through a socket in its data "
          "directory."),
      add("inspector.listen", MEMBER(runtime.inspector_listen),
          kinds::text{is_listen_address, "nothing, or ADDRESS:PORT"},
          "Where `millrace inspect --connect` can attach to a runtime from another machine, with a "
          "certificate; nothing means nowhere."),
      add("inspector.cert", MEMBER(runtime.inspector_files.certificate), path,
          "The certificate that the runtime shows there; `millrace certs init` makes all three.",
          "{data_dir}/certs/server.pem"),
      add("inspector.key", MEMBER(runtime.inspector_files.key), path, "The key that belongs to it.",
          "{data_dir}/certs/server-key.pem"),
      add("inspector.ca", MEMBER(runtime.inspector_files.authority), path,
          "The certificate of the authority that signs the certificates of runtime and clients.",
          "{data_dir}/certs/authority.pem"),

      add("log.level", MEMBER(log_level), kinds::choice<log_level_names, log_level_spellings>{},
          "The least severe events that are logged."),
      add("log.format", MEMBER(log_format), kinds::choice<log_format_names>{},
          "How a line of the log is written."),
  };
}

std::vector<option> make_options() {
  std::vector<option> all;
  for (auto* section :
       {storage_options, runtime_options, retention_options, tenant_defaults, ingest_options,
        parser_options, embedder_options, http_options, telemetry_options, other_options})
    for (auto& one : section())
      all.push_back(std::move(one));
  return all;
}

std::vector<pipeline_option> make_pipeline_options() {
  return {
      make_option<pipeline::definition>(
          "queue_limit", MEMBER(queue_limit), kinds::number{0, 1'000'000'000},
          "Unfinished jobs beyond which none is submitted; 0 means without limit."),
      make_option<pipeline::definition>(
          "key_concurrency", MEMBER(key_concurrency), kinds::number{1, 1'000'000},
          "Jobs with the same concurrency key at work at once, in all runtimes together."),
      make_option<pipeline::definition>(
          "retention_finished", MEMBER(retention_finished), kinds::maybe_time{kept},
          "How long its jobs that are done or cancelled are kept, 0 for ever; as "
          "retention.finished if not set.",
          format_duration(storage::retention_settings{}.finished)),
      make_option<pipeline::definition>(
          "retention_dead", MEMBER(retention_dead), kinds::maybe_time{kept},
          "How long its dead jobs are kept, 0 for ever; as retention.dead if not set.",
          format_duration(storage::retention_settings{}.dead)),
  };
}

std::vector<stage_option> make_stage_options() {
  const auto add = [](auto... what) {
    return make_option<pipeline::stage_definition>(std::move(what)...);
  };
  return {
      add("handler", MEMBER(handler),
          kinds::text{not_empty, "a handler, as exec:python3 resize.py or sleep:20ms"},
          "What does the stage's work; a stage of your own must name it.", "noop"),
      add("concurrency", MEMBER(concurrency), kinds::number{0, 1024},
          "Handlers at work at once in one runtime; 0 means as many as there are threads."),
      add("timeout", MEMBER(timeout), kinds::time{1ms, 30 * day},
          "How long one call of the handler may take."),
      add("max_attempts", MEMBER(max_attempts), kinds::number{1, 1000},
          "Failed attempts after which the job is dead."),
      add("batch", MEMBER(batch), kinds::number{0, 100'000},
          "Jobs that a thread is given at once; 0 means what the handler asks for."),
      add("backoff_base", MEMBER(backoff.base), kinds::time{0s, 365 * day},
          "The wait after the first failed attempt; it doubles with each one that follows."),
      add("backoff_cap", MEMBER(backoff.cap), kinds::time{0s, 365 * day},
          "The longest wait after a failed attempt."),
      add("environment", MEMBER(environment),
          kinds::list{is_variable_name, "names of environment variables"},
          "Variables that a handler's process gets from the runtime's environment, besides PATH, "
          "HOME and the like."),
      add("concurrency_limit", MEMBER(limit.concurrency), kinds::number{0, 1'000'000},
          "Jobs in hand there at once, in all runtimes together; 0 means no limit."),
      add("rate_limit", MEMBER(limit.starts), kinds::rate{},
          "Jobs that all runtimes together claim there in a time, as 100/s; 0 means no limit."),
      add("join", MEMBER(join), kinds::choice<pipeline::join_policy_names>{},
          "What a job does there about the jobs that it made: all waits until they have ended and "
          "wants all of them done, finished only waits, none does neither."),
  };
}

#undef MEMBER

}  // namespace

const std::vector<option>& options() {
  static const auto all = make_options();
  return all;
}

const std::vector<pipeline_option>& pipeline_options() {
  static const auto all = make_pipeline_options();
  return all;
}

const std::vector<stage_option>& stage_options() {
  static const auto all = make_stage_options();
  return all;
}

}  // namespace millrace::app
