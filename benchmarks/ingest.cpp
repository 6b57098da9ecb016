#include "actors/runtime/runtime.hpp"
#include "app/handlers.hpp"
#include "app/settings/settings.hpp"
#include "benchmarks/cases.hpp"
#include "ingest/embed/hashing_embedder.hpp"
#include "ingest/parse/local_parsers.hpp"
#include "ingest/stages.hpp"
#include "ingest/store/blob_store.hpp"
#include "ingest/upload.hpp"
#include "storage/db/migrate.hpp"
#include "storage/jobs/job_counts.hpp"
#include "storage/jobs/job_store.hpp"
#include "tests/support/memory_documents.hpp"
#include "tests/support/temp_dir.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace millrace::benchmarks {
namespace {

namespace fs = std::filesystem;

double seconds(auto&& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::vector<std::string> files_below(const fs::path& input) {
  std::vector<std::string> files;
  if (fs::is_regular_file(input))
    files.push_back(fs::absolute(input));
  else if (fs::is_directory(input))
    for (const auto& entry : fs::recursive_directory_iterator{input})
      if (entry.is_regular_file())
        files.push_back(fs::absolute(entry.path()));
  std::sort(files.begin(), files.end());
  return files;
}

std::string payload_of(const std::string& file) {
  ingest::upload upload;
  upload.path = file;
  return ingest::to_json(upload);
}

app::configuration configuration_in(const fs::path& data_dir) {
  app::configuration config;
  config.pipelines = {ingest::ingest_pipeline()};
  auto& runtime = config.values.runtime;
  runtime.data_dir = data_dir;
  runtime.database.url = "sqlite:" + (data_dir / "millrace.db").string();
  config.values.blob_dir = data_dir / "blobs";
  config.values.ingest.intake.allowed_paths = {"/"};
  runtime.until_idle = true;
  return config;
}

/// The jobs that ended in each state.
struct ended {
  std::int64_t done = 0;
  std::int64_t dead = 0;
};

ended count_ended(const app::configuration& config) {
  storage::connection on{config.values.runtime.database};
  const pipeline::catalog pipelines{config.pipelines};
  ended all;
  for (const auto& one : storage::count_jobs(on)) {
    if (one.state == pipeline::job_state::done)
      all.done += one.count;
    else if (one.state == pipeline::job_state::deadletter)
      all.dead += one.count;
  }
  return all;
}

void enqueue(const app::configuration& config, const std::vector<std::string>& files) {
  const system_clock time;
  const pipeline::catalog pipelines{config.pipelines};
  storage::connection on{config.values.runtime.database};
  storage::migrate(on, time.now());
  std::vector<storage::new_job> jobs;
  for (const auto& file : files)
    jobs.push_back({.payload = payload_of(file)});
  storage::job_store{on, pipelines}.submitter.enqueue(jobs, time.now());
}

/// One job through all stages, without a runtime: the work that cannot be saved.
void run_stages(const std::vector<pipeline::handler>& stages, const pipeline::definition& plan,
                tests::memory_documents& known, const std::string& file, pipeline::job_id id) {
  pipeline::job job{.id = id, .payload = payload_of(file)};
  const pipeline::context at{system_clock{}.now(), {}};
  while (job.stage < stages.size()) {
    auto answer = stages[job.stage](job, at);
    if (auto* more = std::get_if<pipeline::proceed>(&answer)) {
      known.write(more->effects);
      continue;
    }
    auto* next = std::get_if<pipeline::advance>(&answer);
    if (next == nullptr)
      return;
    known.write(next->effects);
    job.output = known.output;
    job.stage = next->to.empty() ? static_cast<std::uint16_t>(job.stage + 1)
                                 : plan.find_stage(next->to).value();
  }
}

/// The same documents through the same functions, in a loop on each of `threads` threads.
void run_plain_loop(const std::vector<std::string>& files, const fs::path& data_dir,
                    unsigned threads) {
  const auto plan = ingest::ingest_pipeline();
  const auto services = std::make_shared<ingest::service_directory>();
  ingest::settings limits;
  limits.intake.allowed_paths = {"/"};
  ingest::use_local_parsers(*services, limits.parser);
  services->use_embedder(std::make_shared<ingest::hashing_embedder>());
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> pool;
  for (unsigned t = 0; t < threads; ++t)
    pool.emplace_back([&] {
      const auto known = std::make_shared<tests::memory_documents>();
      pipeline::registry registry;
      ingest::add_ingest_handlers(
          registry,
          {limits, known, std::make_shared<ingest::blob_store>(data_dir / "blobs"), services});
      std::vector<pipeline::handler> stages;
      for (const auto& stage : plan.stages)
        stages.push_back(std::get<pipeline::handler>(registry.make(stage.handler).work));
      for (std::size_t i = next++; i < files.size(); i = next++) {
        run_stages(stages, plan, *known, files[i], static_cast<pipeline::job_id>(i + 1));
        known->records.clear();
      }
    });
}

}  // namespace

std::vector<figure> measure_ingest(const options& wanted) {
  const auto files = files_below(wanted.path);
  if (files.empty())
    throw std::runtime_error{"no files in " + wanted.path.string()};
  const auto threads = std::max(1U, std::thread::hardware_concurrency());
  samples with_runtime;
  samples plain;
  samples ratio;
  samples rate;
  samples start;
  samples memory;
  samples done;
  samples dead;
  const system_clock time;
  // Kept until the end: ext4 is slow to make files soon after others were deleted.
  std::vector<std::unique_ptr<tests::temp_dir>> folders;
  const auto new_folder = [&] {
    return folders.emplace_back(std::make_unique<tests::temp_dir>())->path();
  };
  for (int i = 0; i < wanted.runs; ++i) {
    const auto config = configuration_in(new_folder());
    enqueue(config, files);
    const auto parts = app::make_parts(config, time);
    with_runtime.add(seconds([&] { actors::run(config.values.runtime, parts); }));
    if (i == 0)
      memory.add(peak_rss_mb());  // before the plain loop adds its own
    const auto last = count_ended(config);
    done.add(static_cast<double>(last.done));
    dead.add(static_cast<double>(last.dead));
    start.add(1000 *
              seconds([&] { actors::run(config.values.runtime, app::make_parts(config, time)); }));
    const auto loop_dir = new_folder();
    plain.add(seconds([&] { run_plain_loop(files, loop_dir, threads); }));
    ratio.add(with_runtime.last() / plain.last());
    rate.add(static_cast<double>(files.size()) / with_runtime.last());
  }
  return {{"ingest, wall time with the runtime", "s", with_runtime},
          {"ingest, wall time of a plain loop", "s", plain},
          {"ingest, ratio", "", ratio},
          {"ingest, files", "1/s", rate},
          {"ingest, files done", "", done},
          {"ingest, files dead", "", dead},
          {"ingest, peak RSS of the runtime", "MB", memory},
          {"ingest, start, find nothing to do, stop", "ms", start}};
}

}  // namespace millrace::benchmarks
