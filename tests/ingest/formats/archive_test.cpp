#include "ingest/formats/formats.hpp"
#include "tests/ingest/formats/make_archive.hpp"
#include "tests/ingest/formats/tree_text.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::ingest;
using tests::archive_of;
using tests::archived;
using tests::packed_as;

namespace {

formats::unpacked members_of(std::string_view bytes, std::string_view name = "a",
                             const formats::read_limits& limits = {}) {
  auto read = formats::read_archive(bytes, name, limits);
  if (const auto* why = std::get_if<tree::unreadable>(&read))
    throw std::runtime_error{why->code + ": " + why->message};
  return std::get<formats::unpacked>(std::move(read));
}

std::string code_of_archive(std::string_view bytes, const formats::read_limits& limits = {}) {
  const auto read = formats::read_archive(bytes, "a", limits);
  const auto* why = std::get_if<tree::unreadable>(&read);
  return why == nullptr ? "" : why->code;
}

/// "path=bytes" of each, then "path:CODE".
std::vector<std::string> lines_of(const formats::unpacked& all) {
  std::vector<std::string> lines;
  for (const auto& one : all.members)
    lines.push_back(one.path + "=" + one.bytes);
  for (const auto& one : all.left_out)
    lines.push_back(one.path + ":" + one.code);
  return lines;
}

using lines = std::vector<std::string>;

}  // namespace

TEST_CASE("archives of every kind have their files") {
  const auto format =
      GENERATE(packed_as::zip, packed_as::tar, packed_as::tar_gz, packed_as::seven_zip);
  const auto bytes = archive_of(
      format, {{"d", "", archived::kind::folder}, {"d/one.txt", "first"}, {"two.txt", "second"}});
  CHECK(lines_of(members_of(bytes)) == lines{"d/one.txt=first", "two.txt=second"});
}

TEST_CASE("one packed file has the name of its archive without the end") {
  const auto bytes = tests::gzip_of("words");
  CHECK(lines_of(members_of(bytes, "notes.txt.gz")) == lines{"notes.txt=words"});
  CHECK(lines_of(members_of(bytes, ".gz")) == lines{"content=words"});
}

TEST_CASE("an archive without files is empty, not damaged") {
  CHECK(members_of(std::string{"PK\x05\x06"} + std::string(18, '\0')).members.empty());
  CHECK(members_of(tests::gzip_of("")).members.empty());
  CHECK(members_of(archive_of(packed_as::tar, {})).members.empty());
}

TEST_CASE("bytes that nothing has packed are no archive") {
  CHECK(code_of_archive(std::string(2'000, 'x')) == "FILE_DAMAGED");
}

// libarchive loses a name in UTF-8 where the locale has none.
TEST_CASE("names that an archive marks as UTF-8 are kept") {
  auto bytes = archive_of(packed_as::zip, {{"Grüße/日本.txt", "x"}});
  tests::set_flags(bytes, 0, tests::zip_utf8);
  CHECK(lines_of(members_of(bytes)) == lines{"Grüße/日本.txt=x"});
  const auto unmarked = archive_of(packed_as::zip, {{"Grüße.txt", "x"}});
  CHECK(lines_of(members_of(unmarked)) == lines{"Grüße.txt=x"});
  const auto tar = archive_of(packed_as::tar, {{"Grüße.txt", "x"}});
  CHECK(lines_of(members_of(tar)) == lines{"Grüße.txt=x"});
}

// r-lib/zip issue 103: the encoding of DOS, in which most old zips have their names.
TEST_CASE("names in code page 437 are read") {
  const auto bytes = archive_of(packed_as::zip, {{"Gr\x81\xE1"
                                                  "e aus K\x94ln.txt",
                                                  "x"},
                                                 {"\x9A"
                                                  "bersicht.txt",
                                                  "y"}});
  CHECK(lines_of(members_of(bytes)) == lines{"Grüße aus Köln.txt=x", "Übersicht.txt=y"});
}

// libzip issue 212: the second byte of a character may be a backslash.
TEST_CASE("names in Shift JIS are read before they are cut into steps") {
  const auto bytes = archive_of(
      packed_as::zip, {{"\x90V\x82\xB5\x82\xA2\x83t\x83H\x83\x8B\x83_/SJIS_835C_\x83\\.txt", "x"},
                       {"\x90V\x82\xB5\x82\xA2\x83t\x83H\x83\x8B\x83_/"
                        "\x90V\x82\xB5\x82\xA2\x83\x65\x83L\x83X\x83g.txt",
                        "y"}});
  CHECK(lines_of(members_of(bytes)) ==
        lines{"新しいフォルダ/SJIS_835C_ソ.txt=x", "新しいフォルダ/新しいテキスト.txt=y"});
}

TEST_CASE("an encrypted file is left out, and an archive of nothing else is refused") {
  auto bytes = archive_of(packed_as::zip, {{"open.txt", "x"}, {"locked.txt", "some words"}});
  tests::set_flags(bytes, 1, tests::zip_encrypted);
  CHECK(lines_of(members_of(bytes)) == lines{"open.txt=x", "locked.txt:FILE_ENCRYPTED"});
  tests::set_flags(bytes, 0, tests::zip_encrypted);
  CHECK(code_of_archive(bytes) == "FILE_ENCRYPTED");
}

TEST_CASE("a damaged file is left out, and those behind it are read") {
  std::string content;
  for (int i = 0; i < 2'000; ++i)
    content += static_cast<char>(i * i % 251);
  auto bytes = archive_of(packed_as::zip, {{"bad.txt", content}, {"good.txt", "x"}});
  const auto data = bytes.find("bad.txt") + 100;
  for (std::size_t i = 0; i < 200; ++i)
    bytes[data + i] = static_cast<char>(bytes[data + i] ^ 0x5A);
  CHECK(lines_of(members_of(bytes)) == lines{"good.txt=x", "bad.txt:FILE_DAMAGED"});
}

TEST_CASE("links, devices and paths that lead out of an archive are left out") {
  const auto bytes =
      archive_of(packed_as::tar, {{"ok.txt", "x"},
                                  {"soft", "/etc/passwd", archived::kind::symbolic_link},
                                  {"hard", "../../etc/passwd", archived::kind::hard_link},
                                  {"tty", "", archived::kind::device},
                                  {"/etc/passwd", "root"},
                                  {"a/../../up.txt", "y"}});
  CHECK(lines_of(members_of(bytes)) == lines{"ok.txt=x", "etc/passwd=root", "soft:FILE_NOT_REGULAR",
                                             "hard:FILE_NOT_REGULAR", "tty:FILE_NOT_REGULAR",
                                             "a/../../up.txt:FILE_NAME_INVALID"});
}

TEST_CASE("two files of one name are two members") {
  CHECK(lines_of(members_of(archive_of(packed_as::zip, {{"a.txt", "x"}, {"a.txt", "y"}}))) ==
        lines{"a.txt=x", "a.txt=y"});
}

TEST_CASE("a file that is too large is left out, and a bomb refuses the archive") {
  const formats::read_limits small{.max_member_bytes = 10};
  const auto bytes = archive_of(GENERATE(packed_as::zip, packed_as::tar_gz),
                                {{"large.txt", "more than ten bytes"}, {"small.txt", "x"}});
  CHECK(lines_of(members_of(bytes, "a", small)) ==
        lines{"small.txt=x", "large.txt:FILE_TOO_LARGE"});
  const auto format = GENERATE(packed_as::zip, packed_as::tar_gz, packed_as::seven_zip);
  const auto bomb = archive_of(format, {{"zeros", std::string(20'000'000, '\0')}});
  CHECK(code_of_archive(bomb) == "FILE_EXPANDS_TOO_MUCH");
  CHECK(code_of_archive(bomb, {.max_member_bytes = 1'000}) == "FILE_EXPANDS_TOO_MUCH");
  CHECK(code_of_archive(tests::gzip_of(std::string(20'000'000, 'a'))) == "FILE_EXPANDS_TOO_MUCH");
  // Zeros are the end of a tar, and nothing behind them is unpacked.
  CHECK(members_of(tests::gzip_of(std::string(20'000'000, '\0'))).members.empty());
}

TEST_CASE("a zip is known by its directory, not by what a file in it has") {
  using formats::type_of_zip;
  // The names in a document that is stored stand in the bytes of the archive.
  auto stored = tests::sample("pandoc.docx");
  CHECK(type_of_zip(archive_of(packed_as::zip, {{"a.docx", stored}, {"b.txt", "x"}})) ==
        "application/zip");
  CHECK(type_of_zip(
            archive_of(packed_as::zip, {{"[Content_Types].xml", "x"}, {"visio/document.xml", "x"}}))
            .empty());
  CHECK(type_of_zip(archive_of(packed_as::zip, {{"META-INF/MANIFEST.MF", "x"}})).empty());
}
