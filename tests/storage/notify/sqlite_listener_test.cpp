#include "storage/notify/sqlite_listener.hpp"

#include "tests/support/heard_news.hpp"
#include "tests/support/store_fixture.hpp"

#include <filesystem>

namespace millrace::storage::testing {
namespace {

using tests::heard_news;
using kind = news::kind;

TEST_CASE("a listener outlives the WAL, which goes with the last connection and comes again") {
  const temporary_folder folder;
  const auto wal = (folder.path() / "test.db").string() + "-wal";
  const auto pipelines = small_catalog();
  heard_news heard{std::make_unique<sqlite_listener>(database_settings{folder.url()})};
  REQUIRE(heard.next(kind::changed));
  for (int i = 0; i < 3; ++i) {
    {
      connection on{{folder.url()}};
      migrate(on, start);
      job_store{on, pipelines}.submitter.enqueue(std::vector<new_job>(1), start);
      CHECK(heard.next(kind::changed));
      REQUIRE(std::filesystem::exists(wal));
    }
    CHECK_FALSE(std::filesystem::exists(wal));
  }
}

TEST_CASE_METHOD(store_fixture, "a change is told of until it can be seen") {
  heard_news heard{std::make_unique<sqlite_listener>(database.settings())};
  REQUIRE(heard.next(kind::changed));
  connection other{database.settings()};
  const auto before = other.data_version();
  add();
  while (other.data_version() == before)
    REQUIRE(heard.next(kind::changed));
}

TEST_CASE_METHOD(store_fixture, "a database that is a link is listened to where it is") {
  const temporary_folder links;
  std::filesystem::create_symlink(database.folder() / "test.db", links.path() / "test.db");
  heard_news heard{std::make_unique<sqlite_listener>(database_settings{links.url()})};
  REQUIRE(heard.next(kind::changed));
  add();
  CHECK(heard.next(kind::changed));
}

TEST_CASE("a folder that is not there leaves a listener that hears nothing, and says so") {
  heard_news heard{
      std::make_unique<sqlite_listener>(database_settings{"sqlite:/does/not/exist/test.db"})};
  CHECK(heard.next(kind::nothing_heard));
  heard.stop();
  CHECK(heard.next(kind::stopped));
}

}  // namespace
}  // namespace millrace::storage::testing
