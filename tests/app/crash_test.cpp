#include "storage/db/database.hpp"
#include "storage/history/job_queries.hpp"
#include "tests/app/sandbox.hpp"
#include "tests/support/sample_files.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <soci/soci.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <random>
#include <string>
#include <thread>
#include <vector>

// The real binary is killed while it works, and what it leaves is compared with a run that was not
// disturbed.
namespace {

using namespace millrace;
using namespace std::chrono_literals;
using tests::sandbox;

using lines = std::vector<std::string>;

/// Good and bad files of every kind, the same ones in every folder.
std::string write_documents(const sandbox& in) {
  for (int i = 0; i < 12; ++i) {
    std::string page = fmt::format("# Report {}\n\n", i);
    for (int p = 0; p < 20; ++p)
      page += fmt::format("## Part {0}\n\nSentence {0} of report {1} speaks of water.\n\n", p, i);
    in.write(fmt::format("d/{:02}.md", i), page);
    in.write(fmt::format("d/{:02}.txt", i), fmt::format("Note {} on millstones.\n", i));
  }
  for (int i = 0; i < 4; ++i) {
    in.write(fmt::format("d/{}.html", i),
             fmt::format("<html><body><h1>Page {0}</h1><p>Text {0}.</p></body></html>", i));
    in.write(fmt::format("d/{}.pdf", i),
             tests::pdf_with_pages({fmt::format("Sheet {} of the survey", i)}));
  }
  in.write("d/bad.pdf", tests::broken_pdf());
  in.write("d/empty.md", "");
  in.write("d/picture.md", tests::png());
  in.write("d/same.md", "# Twice\n\nThe same bytes.\n");
  in.write("d/same_again.md", "# Twice\n\nThe same bytes.\n");
  return (in.folder() / "d").string();
}

storage::database_settings database_of(const sandbox& in) {
  return {.url = "sqlite:" + (in.folder() / "data/millrace.db").string()};
}

lines run_in(const sandbox& in, lines words) {
  words.insert(words.end(), {"--runtime.data_dir", (in.folder() / "data").string()});
  return words;
}

lines query(storage::connection& on, const std::string& sql) {
  lines all;
  soci::rowset<std::string> rows = (on.session().prepare << sql);
  for (const auto& row : rows)
    all.push_back(row);
  return all;
}

/// All that must be the same, whatever happened on the way.
lines final_state(storage::connection& on) {
  auto all = query(on,
                   "select d.name || ' ' || d.status || ' ' || d.text_sha256 || ' ' || "
                   "d.chunk_count || ' ' || d.embedder from documents d order by d.name");
  for (const auto& more :
       {"select chunk_id || ' ' || ord || ' ' || sha256 || ' ' || embedder || ' ' || "
        "hex(embedding) from chunks order by document_id, ord",
        "select j.job_id || ' ' || j.stage || ' ' || j.state || ' ' || coalesce(d.code, '') "
        "from jobs j left join job_details d using (job_id) order by j.job_id"})
    for (auto& line : query(on, more))
      all.push_back(std::move(line));
  return all;
}

void check_history(storage::connection& on) {
  CHECK(query(on,
              "select job_id || ' ' || stage from events where type = 'stage_done' "
              "group by job_id, stage having count(*) > 1")
            .empty());
  CHECK(query(on,
              "select job_id || ' ' || epoch || ' ' || type from events "
              "where job_id is not null group by job_id, epoch, type having count(*) > 1")
            .empty());
  CHECK(query(on, "select document_id from chunk_buffer").empty());
  CHECK(query(on, "select document_id from embedding_buffer").empty());
}

/// Waits until that many events more have been written, or the runtime has nothing left to do.
void wait_for_events(storage::connection& on, std::int64_t more) {
  const auto goal = storage::last_event_id(on) + more;
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  const auto is_idle = [&] {
    return query(on,
                 "select 'x' from jobs where state in ('queued', 'working', 'retryable') "
                 "limit 1")
        .empty();
  };
  while (storage::last_event_id(on) < goal && !is_idle()) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::yield();
  }
}

}  // namespace

TEST_CASE("a run that is killed again and again ends like one that was not") {
  const sandbox undisturbed;
  REQUIRE(
      undisturbed.millrace(run_in(undisturbed, {"submit", write_documents(undisturbed)})).code ==
      0);
  REQUIRE(undisturbed.millrace(run_in(undisturbed, {"run", "--until-idle"})).code == 0);

  const sandbox killed;
  REQUIRE(killed.millrace(run_in(killed, {"submit", write_documents(killed)})).code == 0);
  storage::connection on{database_of(killed)};
  std::minstd_rand random{20261123};
  for (int i = 0; i < 15; ++i) {
    // A handler is not to blame for these deaths: the limit that would call a job poison is out of
    // reach.
    const auto runtime =
        killed.start(run_in(killed, {"run", "--until-idle", "--runtime.crash_limit", "1000"}));
    wait_for_events(on, 1 + static_cast<std::int64_t>(random() % 60));
    runtime.signal(SIGKILL);
    runtime.wait();
  }
  REQUIRE(killed.millrace(run_in(killed, {"run", "--until-idle", "--runtime.crash_limit", "1000"}))
              .code == 0);

  storage::connection reference{database_of(undisturbed)};
  CHECK(final_state(on) == final_state(reference));
  check_history(on);
  check_history(reference);
}
