#include "ingest/store/blob_store.hpp"

#include "base/error.hpp"
#include "storage/db/temporary_file.hpp"
#include "tests/support/store_fixture.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

namespace millrace::storage::testing {
namespace {

constexpr auto uri = "storage://raw/me/d1.md";

std::vector<std::string> files_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{folder})
    if (entry.is_regular_file())
      names.push_back(entry.path().filename().string());
  return names;
}

unsigned mode_of(const std::filesystem::path& path) {
  struct stat about {};
  REQUIRE(::stat(path.c_str(), &about) == 0);
  return about.st_mode & 0777U;
}

TEST_CASE("a blob is read as it was stored, and replaced") {
  const temporary_folder folder;
  blob_store blobs{folder.path() / "blobs"};
  const std::string bytes{"a\0b\xff\n", 5};
  blobs.put(uri, bytes);
  CHECK(blobs.get(uri) == bytes);
  blobs.put(uri, "");
  CHECK(blobs.get(uri) == "");
  CHECK(files_in(folder.path()) == std::vector<std::string>{"d1.md"});
  CHECK_FALSE(blobs.get("storage://raw/me/d2.md"));
  CHECK_FALSE(blobs.get("storage://raw/me/d1.md/below"));
}

TEST_CASE("blobs are files of their user only") {
  const temporary_folder folder;
  blob_store blobs{folder.path() / "blobs"};
  blobs.put(uri, "x");
  CHECK(blobs.path(uri) == (folder.path() / "blobs/raw/me/d1.md").string());
  CHECK(mode_of(blobs.path(uri)) == 0600);
  for (const auto* name : {"blobs", "blobs/raw", "blobs/raw/me"})
    CHECK(mode_of(folder.path() / name) == 0700);
}

TEST_CASE("a blob that cannot be written leaves the old one and no other file") {
  const temporary_folder folder;
  blob_store blobs{folder.path() / "blobs"};
  blobs.put(uri, "old");
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1000, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  CHECK_THROWS_AS(blobs.put(uri, std::string(5000, 'x')), unavailable);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, handler);
  CHECK(blobs.get(uri) == "old");
  CHECK(files_in(folder.path()) == std::vector<std::string>{"d1.md"});
}

TEST_CASE("a data directory where a file is in the way is an error that names it") {
  const temporary_folder folder;
  std::ofstream{folder.path() / "blobs"} << "in the way";
  blob_store blobs{folder.path() / "blobs"};
  CHECK_THROWS_WITH(blobs.put(uri, "x"), Catch::Contains("blobs"));
}

TEST_CASE("a uri that leaves the folder ends the process") {
  const temporary_folder folder;
  for (const auto* wrong :
       {"storage://raw/../../d1.md", "storage://raw/./d1.md", "storage:///etc/x", "storage://",
        "storage://raw/", "storage://raw//x", "/etc/passwd", ""}) {
    INFO(wrong);
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      std::signal(SIGABRT, SIG_DFL);
      ::close(STDERR_FILENO);
      blob_store{folder.path() / "blobs"}.path(wrong);
      ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
  }
}

TEST_CASE("what a killed process left is removed, wherever it is, and nothing else") {
  const temporary_folder folder;
  blob_store blobs{folder.path() / "blobs"};
  blobs.put("storage://raw/ann/one.md", "whole");
  blobs.put("storage://parsed/ann/one.md", "whole");
  const auto child = ::fork();
  if (child == 0) {
    const temporary_file half{folder.path() / "blobs/raw/ann/two.md", "test"};
    const temporary_file more{folder.path() / "blobs/parsed/ann/two.md", "test"};
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  const temporary_file living{folder.path() / "blobs/raw/ann/three.md", "test"};
  CHECK(blobs.remove_leftovers() == 2);
  CHECK(blobs.remove_leftovers() == 0);
  CHECK(blobs.get("storage://raw/ann/one.md") == "whole");
  CHECK(blobs.get("storage://parsed/ann/one.md") == "whole");
  CHECK(blob_store{folder.path() / "nowhere"}.remove_leftovers() == 0);
}

TEST_CASE("a folder that cannot be used is an outage, and none of the document's") {
  const temporary_folder folder;
  std::ofstream{folder.path() / "blobs"} << "in the way";
  blob_store blobs{folder.path() / "blobs"};
  CHECK_THROWS_AS(blobs.put("storage://raw/ann/one.md", "x"), unavailable);
  CHECK_THROWS_AS(blobs.check(), unavailable);
  CHECK_THROWS_AS(blobs.has("storage://raw/ann/one.md"), unavailable);
  std::filesystem::remove(folder.path() / "blobs");
  blobs.check();
  CHECK_FALSE(std::filesystem::exists(folder.path() / "blobs"));
  // As where a disk is not mounted.
  CHECK_THROWS_WITH(blobs.get("storage://raw/ann/one.md"), Catch::Contains("is not there"));
  blobs.put("storage://raw/ann/one.md", "x");
  CHECK(blobs.has("storage://raw/ann/one.md"));
  CHECK_FALSE(blobs.has("storage://raw/ann/two.md"));
  CHECK_FALSE(blobs.get("storage://raw/ann/two.md"));
}

}  // namespace
}  // namespace millrace::storage::testing
