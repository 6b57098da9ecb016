#include "storage/db/database.hpp"

#include "tests/support/store_fixture.hpp"

#include <sys/stat.h>

#include <fstream>
#include <thread>

namespace millrace::storage::testing {
namespace {

unsigned file_mode(const std::filesystem::path& path) {
  struct stat about {};
  REQUIRE(::stat(path.c_str(), &about) == 0);
  return about.st_mode & 07777U;
}

std::string error_text(const std::function<void()>& work) {
  try {
    work();
  } catch (const error& e) {
    return e.what();
  }
  return "nothing";
}

TEST_CASE_METHOD(store_fixture, "a new database is a file of its user only") {
  add();
  for (const auto* suffix : {"", "-wal", "-shm"})
    CHECK(file_mode((database.folder() / "test.db").string() + suffix) == 0600);
}

TEST_CASE_METHOD(store_fixture, "the database is durable and writes ahead") {
  std::string mode;
  on.session() << "pragma journal_mode", soci::into(mode);
  CHECK(mode == "wal");
  CHECK(ask("pragma synchronous") == 2);
  CHECK(ask("pragma page_size") == 8192);
  CHECK(ask("pragma temp_store") == 2);
  CHECK(ask("pragma busy_timeout") == 50);
}

TEST_CASE("a database url may be relative and have spaces") {
  const temporary_folder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  { connection on{{"sqlite:with a space.db"}}; }
  std::filesystem::current_path(before);
  CHECK(std::filesystem::exists(folder.path() / "with a space.db"));
}

TEST_CASE("a url that names no database is refused with what is supported") {
  for (const auto* url :
       {"mysql://localhost/x", "test.db", "", "sqlite:", "sqlite::memory:", "sqlite:a\"b.db"}) {
    const auto text = error_text([&] { connection on{{url}}; });
    INFO(text);
    CHECK(text.find("sqlite:PATH") != std::string::npos);
    CHECK(kind_thrown([&] { connection on{{url}}; }) == error_kind::permanent);
  }
}

TEST_CASE("a database in a folder that does not exist is refused") {
  const temporary_folder folder;
  const auto url = "sqlite:" + (folder.path() / "none" / "test.db").string();
  CHECK(kind_thrown([&] { connection on{{url}}; }) == error_kind::permanent);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "none"));
}

TEST_CASE("a database of another program is refused and left as it is") {
  const temporary_folder folder;
  const auto path = folder.path() / "test.db";
  {
    soci::session other{"sqlite3", "db=" + path.string()};
    other << "create table bookmarks (url text)";
  }
  std::ifstream file{path, std::ios::binary};
  const std::string before{std::istreambuf_iterator<char>{file}, {}};
  CHECK(kind_thrown([&] { connection on{{folder.url()}}; }) == error_kind::schema);
  std::ifstream again{path, std::ios::binary};
  CHECK(std::string{std::istreambuf_iterator<char>{again}, {}} == before);
}

TEST_CASE("a file that is no database is refused") {
  const temporary_folder folder;
  std::ofstream{folder.path() / "test.db"} << std::string(5000, 'x');
  CHECK(kind_thrown([&] { connection on{{folder.url()}}; }) == error_kind::schema);
}

TEST_CASE("a damaged database is a permanent error that says so") {
  const temporary_folder folder;
  {
    connection on{{folder.url()}};
    migrate(on, start);
    const auto pipelines = small_catalog();
    job_store{on, pipelines}.submitter.enqueue(std::vector<new_job>(10'000), start);
  }
  {
    std::fstream file{folder.path() / "test.db", std::ios::binary | std::ios::in | std::ios::out};
    file.seekp(3 * 8192);
    file << std::string(200'000, '\x7f');
  }
  connection on{{folder.url()}};
  const auto pipelines = small_catalog();
  job_store store{on, pipelines};
  CHECK(kind_thrown([&] { store.claims.claim({7, 10'000}, start); }) == error_kind::permanent);
}

TEST_CASE_METHOD(store_fixture, "a database that another process holds is a transient error") {
  connection other{{database.settings().url, 1ms}};
  job_store second{other, pipelines};
  transaction held{on};
  add();
  CHECK(kind_thrown([&] { second.submitter.enqueue(std::vector<new_job>(1), now); }) ==
        error_kind::transient);
  held.commit();
  CHECK(second.claims.claim({7, 10}, now).jobs.size() == 1);
}

TEST_CASE_METHOD(store_fixture, "a full disk is told apart, and leaves nothing half-written") {
  store.submitter.enqueue(std::vector<new_job>(1000), now);
  const auto jobs = claim();
  const auto events = last_event_id(on);
  on.session() << "pragma max_page_count = " + std::to_string(ask("pragma page_count") + 2);
  std::vector<settlement> all;
  for (const auto& job : jobs)
    all.push_back({job,
                   pipeline::advance{{pipeline::effects::write_output{std::string(500, '1')}}, ""},
                   true});
  CHECK(kind_thrown([&] { settle(all); }) == error_kind::full);
  CHECK(last_event_id(on) == events);
  CHECK(find(jobs[0].id).epoch == 1);
  CHECK(find(jobs[0].id).output.empty());
  CHECK(kind_thrown([&] { store.submitter.enqueue(std::vector<new_job>(10'000), now); }) ==
        error_kind::full);
  CHECK(ask("select count(*) from jobs") == 1000);

  on.session() << "pragma max_page_count = 1000000";
  for (const auto& answer : settle(all))
    CHECK(answer.has_value());
  CHECK(find(jobs[0].id).epoch == 2);
}

}  // namespace
}  // namespace millrace::storage::testing
