#include "actors/protocol.hpp"
#include "benchmarks/bench_database.hpp"
#include "benchmarks/workload.hpp"
#include "ingest/chunk/chunker.hpp"
#include "ingest/document/writer.hpp"
#include "ingest/embed/hashing_embedder.hpp"
#include "ingest/readers/markdown_tree.hpp"
#include "ingest/search/index_chunks.hpp"
#include "ingest/search/search.hpp"
#include "ingest/words/analyser.hpp"
#include "storage/jobs/job_store.hpp"
#include "tests/support/paths.hpp"

#include <benchmark/benchmark.h>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

// The parts of which the rates of millrace-bench are made, each by itself (Google Benchmark). Those
// with a database use SQLite.
namespace {

using namespace millrace;

/// The project's own documents.
std::string sample_text() {
  std::string all;
  for (const auto* name :
       {"architecture.md", "operations.md", "guarantees.md", "configuration.md"}) {
    std::ifstream in{tests::source_path(std::string{"docs/"} + name)};
    all.append(std::istreambuf_iterator<char>{in}, {});
  }
  return all;
}

/// Jobs that wait, in batches of which each is claimed and settled once.
struct job_table {
  pipeline::definition plan = benchmarks::stages(2);
  pipeline::catalog pipelines{{plan}};
  benchmarks::bench_database database{"sqlite"};
  storage::connection on{database.settings()};
  storage::job_store store{on, pipelines};
  time_point now = system_clock{}.now();

  std::vector<pipeline::job> claim(int batch) {
    auto jobs = store.claims.claim({1, batch}, now).jobs;
    if (jobs.empty()) {
      store.submitter.enqueue(std::vector<storage::new_job>(200'000), now);
      jobs = store.claims.claim({1, batch}, now).jobs;
    }
    return jobs;
  }
};

void claim(benchmark::State& state) {
  job_table table;
  table.claim(1);
  const auto batch = static_cast<int>(state.range(0));
  for (auto _ : state)
    benchmark::DoNotOptimize(table.claim(batch));
  state.SetItemsProcessed(state.iterations() * batch);
}
BENCHMARK(claim)->Arg(1)->Arg(1000);

void settle(benchmark::State& state) {
  job_table table;
  const auto batch = static_cast<int>(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<storage::settlement> all;
    for (auto& job : table.claim(batch))
      all.push_back({std::move(job), pipeline::advance{}, true});
    state.ResumeTiming();
    benchmark::DoNotOptimize(table.store.settler.settle(all, table.now));
  }
  state.SetItemsProcessed(state.iterations() * batch);
}
BENCHMARK(settle)->Arg(1)->Arg(1000);

/// A batch of jobs to an actor and back, moved.
void message_hops(benchmark::State& state) {
  caf::actor_system_config config;
  config.set("scheduler.policy", caf::atom("sharing"));
  config.set("scheduler.max-threads", 1);
  caf::actor_system system{config};
  const auto echo = system.spawn(
      []() -> caf::behavior { return {[](actors::take_jobs& msg) { return std::move(msg); }}; });
  caf::scoped_actor self{system};
  const auto batch = static_cast<std::size_t>(state.range(0));
  actors::take_jobs jobs{std::vector<pipeline::job>(batch)};
  for (auto _ : state)
    self->request(echo, caf::infinite, std::move(jobs))
        .receive([&](actors::take_jobs& back) { jobs = std::move(back); },
                 [&](const caf::error&) { state.SkipWithError("no answer"); });
  state.SetItemsProcessed(state.iterations() * 2 * static_cast<std::int64_t>(batch));
}
BENCHMARK(message_hops)->Arg(1)->Arg(1000);

ingest::rendered rendered_sample(const std::string& text) {
  auto read = ingest::read_markdown({text, {}});
  return ingest::render(std::get<ingest::tree::document>(std::move(read)));
}

void markdown(benchmark::State& state) {
  const auto text = sample_text();
  for (auto _ : state)
    benchmark::DoNotOptimize(rendered_sample(text));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(markdown);

void chunk(benchmark::State& state) {
  const auto made = rendered_sample(sample_text());
  const ingest::chunker chunker{{}};
  for (auto _ : state)
    benchmark::DoNotOptimize(chunker.split("document", made.text, made.outline));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(made.text.size()));
}
BENCHMARK(chunk);

std::vector<std::string> sample_chunks() {
  std::vector<std::string> texts;
  const auto made = rendered_sample(sample_text());
  for (const auto& one : ingest::chunker{{}}.split("document", made.text, made.outline))
    texts.push_back(ingest::embedding_text(one));
  return texts;
}

void embed(benchmark::State& state) {
  const auto texts = sample_chunks();
  const std::vector<std::string_view> views{texts.begin(), texts.end()};
  const ingest::hashing_embedder embedder;
  const pipeline::context at{system_clock{}.now(), {}};
  for (auto _ : state)
    benchmark::DoNotOptimize(embedder.embed(views, at));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(views.size()));
}
BENCHMARK(embed);

/// The terms of the chunks of the sample, with English stems.
void analyse(benchmark::State& state) {
  const auto texts = sample_chunks();
  ingest::search::analyser with;
  std::int64_t bytes = 0;
  std::size_t terms = 0;
  for (auto _ : state)
    for (const auto& text : texts) {
      with.analyse(text, "en", [&](const ingest::search::term&) { ++terms; });
      bytes += static_cast<std::int64_t>(text.size());
    }
  benchmark::DoNotOptimize(terms);
  state.SetBytesProcessed(bytes);
}
BENCHMARK(analyse);

/// One embedded document with so many chunks, which repeat those of the sample.
void add_chunks(storage::connection& to, std::int64_t count, const ingest::embedder& embedder) {
  const auto texts = sample_chunks();
  const std::vector<std::string_view> views{texts.begin(), texts.end()};
  const pipeline::context at{system_clock{}.now(), {}};
  const auto vectors = std::get<ingest::embedded>(embedder.embed(views, at)).vectors;
  const auto name = embedder.name();
  storage::transaction all{to};
  to.session()
      << "insert into documents (document_id, owner, job_id, name, source_path, media_type,"
         " size_bytes, file_sha256, raw_uri, status, created_at, updated_at) values"
         " ('d', 'o', 1, 'n', 'p', 'text/markdown', 1, '', '', 'embedded', 0, 0)";
  for (std::int64_t ord = 0; ord < count; ++ord) {
    const auto which = static_cast<std::size_t>(ord) % texts.size();
    const auto& vector = vectors[which];
    const auto number = static_cast<long long>(ord);
    const auto id = std::to_string(ord);
    const std::string bytes{reinterpret_cast<const char*>(vector.data()),
                            vector.size() * sizeof(float)};
    to.session() << "insert into chunks (document_id, ord, chunk_id, heading_path, byte_begin,"
                    " byte_end, text, sha256, embedder, embedding)"
                    " values ('d', :ord, :id, '', 0, 0, :text, '', :embedder, :embedding)",
        soci::use(number), soci::use(id), soci::use(texts[which]), soci::use(name),
        soci::use(bytes);
  }
  all.commit();
}

/// A question among so many chunks.
void search(benchmark::State& state) {
  const benchmarks::bench_database database{"sqlite"};
  storage::connection on{database.settings()};
  const ingest::hashing_embedder embedder;
  add_chunks(on, state.range(0), embedder);
  while (ingest::search::index_older_documents(on, 1) > 0) {
  }
  for (auto _ : state)
    benchmark::DoNotOptimize(
        ingest::search_chunks(on, {.query = "what does the poller do", .top = 5}));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(search)->Arg(1000)->Arg(10'000);

}  // namespace

BENCHMARK_MAIN();
