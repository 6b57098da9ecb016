#include "app/handlers.hpp"
#include "app/settings/load.hpp"
#include "ingest/stages.hpp"
#include "ingest/webhook/start_webhooks.hpp"
#include "storage/db/migrate.hpp"
#include "tests/support/loopback.hpp"
#include "tests/support/processes.hpp"
#include "tests/support/session.hpp"
#include "tests/support/test_authority.hpp"
#include "tests/support/test_database.hpp"
#include "tests/support/wait_until.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>

// millrace-cycles --count N: a runtime with everything that listens starts, does a job and stops, N
// times in one process, which has as many descriptors and threads at the end as after the first.
namespace {

using namespace millrace;
using tests::wait_until;

int count = 20;

/// The pages in memory, in kB.
long resident() {
  long pages = 0;
  if (auto* const file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%*d %ld", &pages) != 1)
      pages = 0;
    std::fclose(file);
  }
  return pages * (::sysconf(_SC_PAGESIZE) / 1024);
}

/// What surrounds a runtime, for as many starts as you like.
struct fixture {
  tests::temp_dir dir;
  tests::test_authority authority;
  net::tls_files files = authority.files(net::certificate_use::server);
  tests::test_database database;
  storage::connection on{database.settings()};
  const system_clock time;
  int made = 0;

  fixture() { storage::migrate(on, system_clock{}.now()); }

  app::configuration configuration() const {
    std::vector<app::entry> all;
    const auto say = [&](const std::string& key, const std::string& value) {
      all.push_back({key, value, "here"});
    };
    say("storage.url", database.settings().url);
    say("storage.schema", database.settings().schema);
    say("runtime.data_dir", (dir.path() / "data").string());
    say("http.listen", fmt::format("127.0.0.1:{}", tests::free_port()));
    say("inspector.listen", fmt::format("127.0.0.1:{}", tests::free_port()));
    say("inspector.cert", files.certificate.string());
    say("inspector.key", files.key.string());
    say("inspector.ca", files.authority.string());
    say("pipeline.p.stages", "a, b");
    say("stage.p.a.handler", "noop");
    say("stage.p.b.handler", "stop");
    return app::load({.config_file = {},
                      .variables = {{"HOME", dir.path().string()}},
                      .command_line = std::move(all),
                      .built_in = {ingest::ingest_pipeline()}});
  }

  /// One start, one job, one stop: by a signal, or because nothing is left to do.
  void cycle(bool by_signal) {
    on.session() << "insert into jobs (pipeline, stage, run_at, created_at, updated_at)"
                    " values ('p', 'a', 1, 1, 1)";
    ++made;
    pipeline::registry own;
    own.add("stop", [by_signal](const pipeline::job&, const pipeline::context&) {
      if (by_signal)
        ::kill(::getpid(), SIGTERM);
      return pipeline::outcome{pipeline::advance{}};
    });
    const auto config = configuration();
    auto settings = config.values.runtime;
    settings.until_idle = !by_signal;
    auto parts = app::make_parts(config, time, std::move(own));
    parts.servers.emplace_back([](const actors::server_setup& setup) {
      return ingest::start_webhooks({.at = {.host = "127.0.0.1", .port = 0}, .secret = "s"}, setup);
    });
    const auto ended = actors::run(settings, parts);
    REQUIRE(ended.threads_joined);
    CHECK((ended.result == actors::run_result::stopped) == by_signal);
  }

  std::int64_t done() {
    long long answer = 0;
    on.session() << "select count(*) from jobs where state = 'done'", soci::into(answer);
    return answer;
  }
};

}  // namespace

TEST_CASE("starts and stops in one process leave no descriptor and no thread") {
  fixture at;
  // What libraries open once, they may keep.
  at.cycle(true);
  at.cycle(false);
  const auto descriptors = tests::open_descriptors();
  const auto threads = tests::threads_of();
  const auto memory = resident();
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i) {
    CAPTURE(i);
    at.cycle(i % 2 == 0);
    // A thread that was joined is listed for a moment more.
    wait_until([&] { return tests::threads_of() <= threads; });
    REQUIRE(tests::open_descriptors() == descriptors);
  }
  CHECK(at.done() == at.made);
  fmt::print(
      "{} starts and stops in {:.1f} s: {} descriptors, {} threads as before; {} kB more in "
      "memory\n",
      count, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(),
      descriptors, threads, resident() - memory);
}

int main(int argc, char** argv) {
  std::string database = "sqlite";
  tests::session session;
  session.add(count, "--count", "N", "starts and stops");
  session.add(database, "--database", "sqlite|postgres", "where the jobs are");
  if (const auto end = session.read(argc, argv))
    return *end;
  if (count < 1) {
    fmt::print(stderr, "--count is the number of starts and stops, 1 or more\n");
    return 2;
  }
  if (const auto end = tests::test_database::choose(database))
    return *end;
  return session.run();
}
