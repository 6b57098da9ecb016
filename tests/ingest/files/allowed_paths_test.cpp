#include "ingest/files/allowed_paths.hpp"

#include "base/digest.hpp"
#include "ingest/intake.hpp"
#include "ingest/upload.hpp"
#include "tests/ingest/fakes.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>
#include <vector>

// Which files a job may have read that other hands made.
using namespace millrace;
using namespace millrace::pipeline;
using namespace millrace::ingest;
using namespace millrace::ingest::fakes;
namespace fs = std::filesystem;

namespace {

struct inbox {
  tests::temp_dir folder;
  std::string inside = folder.write("inbox/a.txt", "inside");
  std::string outside = folder.write("private/secret.txt", "outside");
  std::vector<std::string> allowed{(folder.path() / "inbox").string()};
  file_seal seal{[] { return std::string{"a key"}; }};
  folder_blobs store;

  std::string code(const upload& what) {
    intake_settings settings;
    settings.allowed_paths = allowed;
    known_documents known;
    job j;
    j.id = 7;
    j.payload = to_json(what);
    return code_of(take_in(j, {}, settings, &seal, known, store));
  }
  std::string code(const fs::path& path) { return code(upload{.path = path.string()}); }
  std::string link(const std::string& name, const fs::path& to) const {
    fs::create_symlink(to, folder.path() / name);
    return (folder.path() / name).string();
  }
};

}  // namespace

TEST_CASE_METHOD(inbox, "a file below an allowed folder is taken in, by any job") {
  CHECK(code(inside).empty());
  CHECK(code(folder.path() / "inbox/../inbox/./a.txt").empty());
  // A folder that is named through a link, and a file that is named through it or not.
  allowed = {link("shown", folder.path() / "inbox")};
  CHECK(code(folder.path() / "shown/a.txt").empty());
  CHECK(code(inside).empty());
  CHECK(code(link("inbox/b.txt", "a.txt")).empty());
}

TEST_CASE_METHOD(inbox, "a file elsewhere is refused however it is reached, and is not looked at") {
  CHECK(code(outside) == "FILE_NOT_ALLOWED");
  CHECK(code(folder.path() / "inbox/../private/secret.txt") == "FILE_NOT_ALLOWED");
  CHECK(code(link("inbox/link.txt", outside)) == "FILE_NOT_ALLOWED");
  link("inbox/way", folder.path() / "private");
  CHECK(code(folder.path() / "inbox/way/secret.txt") == "FILE_NOT_ALLOWED");
  // `..` behind a link leads elsewhere than it is written.
  folder.write("private/deep/x", "x");
  link("inbox/deep", folder.path() / "private/deep");
  folder.write("inbox/secret.txt", "mine");
  CHECK(code(folder.path() / "inbox/deep/../secret.txt") == "FILE_NOT_ALLOWED");
  // A folder whose name only begins the same.
  CHECK(code(folder.write("inbox2/a.txt", "x")) == "FILE_NOT_ALLOWED");
  // Not even whether it exists is told.
  CHECK(code(folder.path() / "private/none") == "FILE_NOT_ALLOWED");
  CHECK(code(fs::path{"/dev/watchdog"}) == "FILE_NOT_ALLOWED");
  CHECK(code(fs::path{"/proc/self/environ"}) == "FILE_NOT_ALLOWED");
  CHECK(store.puts == 0);
  allowed.clear();
  CHECK(code(inside) == "FILE_NOT_ALLOWED");
}

TEST_CASE_METHOD(inbox, "a seal is good for one file, one owner and the same bytes") {
  upload sealed{.path = outside, .owner = "ann", .sha256 = sha256_hex("outside")};
  sealed.seal = seal.of(sealed);
  CHECK(code(sealed).empty());
  const auto with = [&](auto change) {
    auto other = sealed;
    change(other);
    return code(other);
  };
  CHECK(with([](auto& u) { u.path = "/etc/passwd"; }) == "FILE_NOT_ALLOWED");
  CHECK(with([](auto& u) { u.owner = "bob"; }) == "FILE_NOT_ALLOWED");
  CHECK(with([](auto& u) { u.sha256.clear(); }) == "FILE_NOT_ALLOWED");
  CHECK(with([](auto& u) { u.seal.clear(); }) == "FILE_NOT_ALLOWED");
  CHECK(with([](auto& u) { u.seal.pop_back(); }) == "FILE_NOT_ALLOWED");
  CHECK(with([](auto& u) { u.seal = file_seal{[] { return std::string{"another"}; }}.of(u); }) ==
        "FILE_NOT_ALLOWED");
  folder.write("private/secret.txt", "later");
  CHECK(code(sealed) == "FILE_CHANGED");
}

TEST_CASE("two uploads never have the same seal") {
  const file_seal seal{[] { return std::string{"a key"}; }};
  CHECK(seal.of({.path = "/a", .owner = "b"}) != seal.of({.path = "/a 1:b", .owner = ""}));
  CHECK(seal.of({.path = "/ab", .owner = "c"}) != seal.of({.path = "/a", .owner = "bc"}));
}
