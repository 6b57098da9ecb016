#include "ingest/files/identify_file.hpp"

#include "tests/ingest/fakes.hpp"

#include <catch2/catch.hpp>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

using namespace millrace;
using namespace millrace::pipeline;
using namespace millrace::ingest;
using fakes::code_of;

namespace {

/// This thread reads files as the user nobody does, even when the tests run as root.
class as_nobody {
 public:
  as_nobody() : before_(::setfsuid(65534)) {}
  ~as_nobody() { ::setfsuid(static_cast<uid_t>(before_)); }
  as_nobody(const as_nobody&) = delete;
  as_nobody& operator=(const as_nobody&) = delete;

 private:
  int before_;
};

}  // namespace

TEST_CASE("a file is known by its name, its bytes and their digest") {
  const tests::temp_dir folder;
  const auto found = identify_file(folder.write("some file.txt", "hello\n"), {});
  const auto& file = std::get<identified_file>(found);
  CHECK(file.name == "some file.txt");
  CHECK(file.bytes == "hello\n");
  CHECK(file.size_bytes == 6);
  CHECK(file.sha256 == "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03");
}

TEST_CASE("a link to a file is that file") {
  const tests::temp_dir folder;
  std::filesystem::create_symlink(folder.write("a.txt", "a"), folder.path() / "b.txt");
  CHECK(code_of(identify_file((folder.path() / "b.txt").string(), {})).empty());
}

TEST_CASE("a missing file is rejected") {
  const tests::temp_dir folder;
  CHECK(code_of(identify_file((folder.path() / "none.txt").string(), {})) == "FILE_MISSING");
  const auto file = folder.write("a.txt", "a");
  CHECK(code_of(identify_file(file + "/b.txt", {})) == "FILE_MISSING");
}

TEST_CASE("an unreadable file is rejected") {
  const tests::temp_dir folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms{0755});
  const auto path = folder.write("secret.txt", "secret");
  std::filesystem::permissions(path, std::filesystem::perms::none);
  const as_nobody nobody;
  CHECK(code_of(identify_file(path, {})) == "FILE_UNREADABLE");
}

TEST_CASE("a file that cannot be read once it is open is rejected") {
  // Opens for any user; the first page of a process is never mapped.
  CHECK(code_of(identify_file("/proc/self/mem", {})) == "FILE_UNREADABLE");
}

TEST_CASE("what is not a file is rejected, without waiting for it") {
  const tests::temp_dir folder;
  CHECK(code_of(identify_file(folder.path().string(), {})) == "FILE_NOT_REGULAR");
  CHECK(code_of(identify_file("/dev/null", {})) == "FILE_NOT_REGULAR");

  const auto pipe = (folder.path() / "pipe").string();
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(code_of(identify_file(pipe, {})) == "FILE_NOT_REGULAR");

  const auto path = (folder.path() / "socket").string();
  const int listening = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  REQUIRE(path.size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  REQUIRE(::bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  CHECK(code_of(identify_file(path, {})) == "FILE_NOT_REGULAR");
  ::close(listening);
}

TEST_CASE("an empty file is rejected") {
  const tests::temp_dir folder;
  CHECK(code_of(identify_file(folder.write("empty.md", ""), {})) == "FILE_EMPTY");
}

TEST_CASE("a file is rejected when it is larger than the limit, and not before") {
  const tests::temp_dir folder;
  intake_settings settings;
  settings.max_file_size = 1000;
  CHECK(code_of(identify_file(folder.write("a", std::string(1000, 'a')), settings)).empty());
  CHECK(code_of(identify_file(folder.write("b", std::string(1001, 'a')), settings)) ==
        "FILE_TOO_LARGE");
}

TEST_CASE("a file that says it has no size is read all the same, up to the limit") {
  CHECK(std::get<identified_file>(identify_file("/proc/self/status", {})).size_bytes > 0);
  intake_settings settings;
  settings.max_file_size = 20;
  CHECK(code_of(identify_file("/proc/self/status", settings)) == "FILE_TOO_LARGE");
}

TEST_CASE("a name with control characters is rejected") {
  const tests::temp_dir folder;
  for (const char* name : {"two\nlines.txt", "tab\t.txt", "bell\a.txt", "del\x7F.txt",
                           "c1\xC2\x85.txt", "not utf-8 \xFF.txt"}) {
    CAPTURE(name);
    CHECK(code_of(identify_file(folder.write(name, "a"), {})) == "FILE_NAME_INVALID");
  }
}

TEST_CASE("a name has at most the characters of the setting, however many bytes they take") {
  const tests::temp_dir folder;
  std::string name;
  for (int i = 0; i < 120; ++i)
    name += "\xC3\xBC";
  intake_settings settings;
  CHECK(code_of(identify_file(folder.write(name + "x", "a"), settings)).empty());
  settings.max_name_length = 120;
  CHECK(code_of(identify_file(folder.write(name, "a"), settings)).empty());
  CHECK(code_of(identify_file(folder.write(name + "x", "a"), settings)) == "FILE_NAME_INVALID");
}
