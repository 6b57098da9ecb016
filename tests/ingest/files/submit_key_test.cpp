#include "ingest/files/submit_key.hpp"

#include "base/error.hpp"
#include "storage/db/error.hpp"
#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace millrace;

TEST_CASE("a runtime makes no key of submitted files, and reads the one that is there") {
  const tests::temp_dir folder;
  CHECK_THROWS_AS(ingest::read_submit_key(folder.path()), unavailable);
  CHECK_FALSE(std::filesystem::exists(folder.path() / "submit.key"));
  const auto key = ingest::submit_key(folder.path());
  CHECK(ingest::read_submit_key(folder.path()) == key);
}

TEST_CASE("the key of submitted files is made once, for its user alone") {
  const tests::temp_dir folder;
  const auto blobs = folder.path() / "a" / "blobs";
  std::vector<std::string> keys(8);
  {
    std::vector<std::jthread> all;
    for (auto& key : keys)
      all.emplace_back([&] { key = ingest::submit_key(blobs); });
  }
  CHECK(std::set<std::string>{keys.begin(), keys.end()}.size() == 1);
  CHECK(keys.front().size() == 64);
  struct stat about {};
  REQUIRE(stat((blobs / "submit.key").c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  CHECK(ingest::submit_key(folder.path() / "b") != keys.front());
}

TEST_CASE("a key that others may read, or that is malformed, is refused") {
  const tests::temp_dir folder;
  ingest::submit_key(folder.path());
  const auto file = (folder.path() / "submit.key").string();
  REQUIRE(chmod(file.c_str(), 0640) == 0);
  CHECK_THROWS_AS(ingest::submit_key(folder.path()), storage::error);
  REQUIRE(chmod(file.c_str(), 0600) == 0);
  folder.write("submit.key", "short");
  CHECK_THROWS_AS(ingest::submit_key(folder.path()), storage::error);
}
