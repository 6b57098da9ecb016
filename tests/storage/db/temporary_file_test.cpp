#include "storage/db/temporary_file.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

using millrace::storage::temporary_file;
using millrace::tests::temp_dir;

std::string contents(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

auto count_files(const temp_dir& dir) {
  return std::distance(std::filesystem::directory_iterator{dir.path()}, {});
}

TEST_CASE("a temporary file becomes what it is for, or nothing at all") {
  const temp_dir dir;
  const auto target = dir.path() / "x";
  {
    temporary_file given_up{target, "cannot test"};
    given_up.write("half");
    CHECK(count_files(dir) == 1);
    CHECK_FALSE(exists(target));
  }
  CHECK(count_files(dir) == 0);
  {
    temporary_file file{target, "cannot test"};
    file.write("new");
    CHECK(file.become_target());
  }
  CHECK(contents(target) == "new");
  CHECK(count_files(dir) == 1);
  struct stat about {};
  REQUIRE(::stat(target.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777U) == 0600);
}

TEST_CASE("a temporary file replaces what is there only when told to") {
  const temp_dir dir;
  const std::filesystem::path target = dir.write("x", "old");
  {
    temporary_file file{target, "cannot test"};
    file.write("new");
    CHECK_FALSE(file.become_target());
    CHECK(contents(target) == "old");
    file.replace_target();
  }
  CHECK(contents(target) == "new");
  CHECK(count_files(dir) == 1);
}

TEST_CASE("what a dead writer left is told from what a living one writes") {
  const temp_dir dir;
  const auto left = dir.write(".x.0123-1.part", "half");
  const auto old = dir.write(".y.0123-1.tmp", "half");
  const auto other = dir.write(".profile", "whole");
  temporary_file living{dir.path() / "z", "cannot test"};
  living.write("half");
  using millrace::storage::is_temporary_name;
  CHECK(is_temporary_name(".x.0123-1.part"));
  CHECK(is_temporary_name(".y.0123-1.tmp"));
  CHECK_FALSE(is_temporary_name(".profile"));
  CHECK_FALSE(is_temporary_name("x.tmp"));
  for (const auto& entry : std::filesystem::directory_iterator{dir.path()})
    if (is_temporary_name(entry.path().filename().string()))
      millrace::storage::remove_if_left(entry.path());
  CHECK_FALSE(std::filesystem::exists(left));
  // A version that does not lock its files may be at work.
  CHECK(std::filesystem::exists(old));
  CHECK(std::filesystem::exists(other));
  CHECK(living.become_target());
  CHECK(contents(dir.path() / "z") == "half");
  std::filesystem::last_write_time(
      old, std::filesystem::file_time_type::clock::now() - std::chrono::hours{2});
  CHECK(millrace::storage::remove_if_left(old));
}

TEST_CASE("a temporary file in a folder that is not there says so") {
  const temp_dir dir;
  CHECK_THROWS_WITH((temporary_file{dir.path() / "no" / "x", "cannot test"}),
                    Catch::StartsWith("cannot test: ") && Catch::Contains("No such file"));
}

}  // namespace
