#include "storage/db/database.hpp"
#include "storage/history/job_queries.hpp"
#include "tests/app/sandbox.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/test_database.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <random>
#include <string>
#include <thread>

// examples/cpp, killed while it works.
namespace {

using namespace millrace;
using namespace std::chrono_literals;

constexpr int jobs = 400;
constexpr int kills = 10;

std::int64_t ask(storage::connection& on, const std::string& sql) {
  long long answer = 0;
  on.session() << sql, soci::into(answer);
  return answer;
}

TEST_CASE("a row that a handler of one's own writes is there once, whatever dies") {
  const tests::sandbox in;
  const auto kind = GENERATE(storage::dialect::sqlite, storage::dialect::postgres);
  if (kind == storage::dialect::postgres && !tests::postgres_url())
    return;
  const tests::test_database where{kind};
  const auto words = fmt::format(
      "--config {} --storage.url '{}' --storage.schema {} --runtime.data_dir {} "
      "--log.level warning --runtime.crash_limit 1000",
      tests::source_path("examples/cpp/thumbnails.ini"), where.settings().url,
      where.settings().schema, (in.folder() / "data").string());
  const auto batch = in.write("batch.jsonl", [] {
    std::string lines;
    for (int i = 0; i < jobs; ++i)
      lines += fmt::format("{{\"payload\": {{\"url\": \"{}\"}}}}\n", i);
    return lines;
  }());
  REQUIRE(
      in.shell(fmt::format("millrace-test-thumbnails submit --pipeline thumbnails --batch {} {}",
                           batch, words))
          .code == 0);
  storage::connection on{where.settings()};
  std::minstd_rand random{20261201};
  for (int i = 0; i < kills; ++i) {
    const auto done = ask(on, "select count(*) from thumbnails");
    const auto runtime =
        in.start_in_shell(fmt::format("exec millrace-test-thumbnails run --until-idle {}", words));
    const auto goal = done + 1 + static_cast<std::int64_t>(random() % (2 * jobs / kills));
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!runtime.has_ended() && ask(on, "select count(*) from thumbnails") < goal) {
      REQUIRE(std::chrono::steady_clock::now() < deadline);
      std::this_thread::yield();
    }
    runtime.signal(SIGKILL);
    runtime.wait();
  }
  const auto last = in.shell(fmt::format("millrace-test-thumbnails run --until-idle {}", words));
  INFO(last.err);
  REQUIRE(last.code == 0);
  CHECK(ask(on, "select count(*) from jobs where state = 'done'") == jobs);
  CHECK(ask(on, "select count(*) from thumbnails") == jobs);
  CHECK(ask(on, "select count(distinct job_id) from thumbnails") == jobs);
}

}  // namespace
