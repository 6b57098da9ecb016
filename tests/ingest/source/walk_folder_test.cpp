#include "ingest/source/walk_folder.hpp"

#include "tests/support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>

using namespace millrace;
using namespace millrace::ingest;

namespace {

struct walked_folder {
  tests::temp_dir folder;

  std::vector<std::string> names(const walk_rules& rules = {}) const {
    std::vector<std::string> all;
    for (const auto& one : walk_folder(folder.path(), rules).files)
      all.push_back(std::filesystem::path{one.path}.lexically_relative(folder.path()));
    return all;
  }
};

using paths = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(walked_folder, "rules of a folder count for more than those above it") {
  folder.write(".gitignore", "*.txt\n");
  folder.write("a.txt", "a");
  folder.write("d/.gitignore", "!b.txt\n");
  folder.write("d/b.txt", "b");
  folder.write("d/c.txt", "c");
  CHECK(names() == paths{"d/b.txt"});
  folder.write(".millraceignore", "!a.txt\nd/\n");
  CHECK(names() == paths{"a.txt"});
}

TEST_CASE_METHOD(walked_folder, "what lies in an ignored folder cannot be taken back") {
  folder.write(".gitignore", "d/\n!d/sub/*\n");
  folder.write("d/sub/f.txt", "f");
  folder.write("e.txt", "e");
  CHECK(names() == paths{"e.txt"});
}

TEST_CASE_METHOD(walked_folder, "only what is included is found, and nothing that is excluded") {
  for (const auto* name : {"a.md", "b.txt", "old/c.md", "d/e.md"})
    folder.write(name, name);
  CHECK(names({.include = ignore_rules{"*.md"}, .exclude = ignore_rules{"/old/"}}) ==
        paths{"a.md", "d/e.md"});
}

TEST_CASE_METHOD(walked_folder, "circles of links are not walked, and files by link are found") {
  folder.write("d/a.md", "a");
  std::filesystem::create_directory_symlink("..", folder.path() / "d/up");
  std::filesystem::create_symlink("a.md", folder.path() / "d/b.md");
  CHECK(names() == paths{"d/a.md", "d/b.md"});
  CHECK(walk_folder(folder.path(), {}).skipped.size() == 1);
}

TEST_CASE_METHOD(walked_folder, "names that look alike are two files") {
  folder.write("caf\xC3\xA9.md", "composed");
  folder.write("cafe\xCC\x81.md", "decomposed");
  folder.write("README.md", "upper");
  folder.write("readme.md", "lower");
  CHECK(names().size() == 4);
}

TEST_CASE_METHOD(walked_folder, "a folder that is not there is unreadable, not empty") {
  const auto found = walk_folder(folder.path() / "none", {});
  CHECK(found.files.empty());
  REQUIRE(found.unreadable.size() == 1);
  CHECK_THAT(found.unreadable[0].path, Catch::EndsWith("none"));
}

TEST_CASE_METHOD(walked_folder, "a changed file has another fingerprint, a read one the same") {
  const auto fingerprint = [&] { return walk_folder(folder.path(), {}).files.at(0).fingerprint; };
  folder.write("a.md", "one");
  const auto before = fingerprint();
  CHECK(fingerprint() == before);
  // An editor's way to save: another file takes the name. The size is the same.
  const auto beside = folder.write("a.md~", "two");
  std::filesystem::rename(beside, folder.path() / "a.md");
  CHECK(fingerprint() != before);
}
