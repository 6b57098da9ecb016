#include "storage/blob_store.hpp"

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
  CHECK_FALSE(blobs.get(uri));
  const std::string bytes{"a\0b\xff\n", 5};
  blobs.put(uri, bytes);
  CHECK(blobs.get(uri) == bytes);
  blobs.put(uri, "");
  CHECK(blobs.get(uri) == "");
  CHECK(files_in(folder.path()) == std::vector<std::string>{"d1.md"});
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
  CHECK_THROWS_AS(blobs.put(uri, std::string(5000, 'x')), error);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, handler);
  CHECK(blobs.get(uri) == "old");
  CHECK(files_in(folder.path()) == std::vector<std::string>{"d1.md"});
}

TEST_CASE("a data directory where a file is in the way is an error that names it") {
  const temporary_folder folder;
  std::ofstream{folder.path() / "blobs"} << "in the way";
  blob_store blobs{folder.path() / "blobs"};
  try {
    blobs.put(uri, "x");
    FAIL("it threw nothing");
  } catch (const error& e) {
    CHECK(e.kind() == error_kind::permanent);
    CHECK(e.why().find("blobs") != std::string::npos);
  }
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

}  // namespace
}  // namespace millrace::storage::testing
