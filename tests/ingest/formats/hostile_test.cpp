#include "ingest/formats/formats.hpp"
#include "tests/ingest/formats/tree_text.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <random>

using namespace millrace;
using namespace millrace::ingest;

namespace {

tree::read_result no_html(std::string_view) { return tree::document{}; }

using read_function = tree::read_result (*)(std::string_view, const formats::read_limits&);

struct format_sample {
  const char* name;
  read_function read;
};

const format_sample all_formats[] = {
    {"pandoc.docx", formats::read_docx},
    {"libreoffice.pptx", formats::read_pptx},
    {"libreoffice.xlsx", formats::read_xlsx},
    {"pandoc.odt", formats::read_odt},
    {"libreoffice.ods", formats::read_ods},
    {"libreoffice.odp", formats::read_odp},
    {"libreoffice.rtf", formats::read_rtf},
    {"pandoc.epub", [](std::string_view bytes, const formats::read_limits& limits) {
       return formats::read_epub(bytes, limits, no_html);
     }}};

std::string code_of(const formats::members_result& result) {
  const auto* why = std::get_if<tree::unreadable>(&result);
  return why == nullptr ? "" : why->code;
}

std::string repeated(std::string_view unit, int times) {
  std::string out;
  for (int i = 0; i < times; ++i)
    out += unit;
  return out;
}

std::string docx_with(const std::string& main) {
  return tests::zip_of(
      {{"_rels/.rels", "<R><Relationship Id='r' Type='x/officeDocument' Target='main.xml'/></R>"},
       {"main.xml", main}});
}

}  // namespace

TEST_CASE("a file that is cut anywhere has a code and a sentence") {
  for (const auto& format : all_formats) {
    const auto bytes = tests::sample(format.name);
    for (int tenth = 0; tenth < 10; ++tenth) {
      const auto read =
          format.read(bytes.substr(0, bytes.size() * static_cast<unsigned>(tenth) / 10), {});
      CAPTURE(format.name, tenth);
      if (std::string_view{format.name}.ends_with("rtf") && tenth > 0)
        continue;
      REQUIRE(std::holds_alternative<tree::unreadable>(read));
      CHECK(std::get<tree::unreadable>(read).code == "FILE_DAMAGED");
      CHECK(!std::get<tree::unreadable>(read).message.empty());
    }
  }
}

TEST_CASE("changed bytes of a file are read or refused") {
  // MILLRACE_MUTATIONS=100000 for a long run.
  const auto* wanted = std::getenv("MILLRACE_MUTATIONS");
  const int times = wanted == nullptr ? 60 : std::atoi(wanted);
  std::mt19937 random{23};
  const formats::read_limits small{
      .max_member_bytes = 4'000'000, .max_total_bytes = 8'000'000, .max_cells = 50'000};
  for (const auto& format : all_formats) {
    const auto bytes = tests::sample(format.name);
    for (int i = 0; i < times; ++i) {
      auto changed = bytes;
      for (unsigned many = random() % 8 + 1; many > 0; --many)
        changed[random() % changed.size()] = static_cast<char>(random());
      const auto read = format.read(changed, small);
      if (const auto* why = std::get_if<tree::unreadable>(&read))
        CHECK(!why->code.empty());
    }
  }
}

TEST_CASE("a member that is changed is noticed by its checksum") {
  auto bytes = tests::zip_of({{"a.txt", "some words that are here"}});
  // The data follow the header of 30 bytes, the name and what archivers add.
  const auto at = bytes.find("a.txt");
  REQUIRE(at != std::string::npos);
  const auto directory = bytes.find("PK\x01\x02");
  REQUIRE(directory != std::string::npos);
  // The checksum in the directory.
  bytes[directory + 16] = static_cast<char>(bytes[directory + 16] ^ 0x55);
  const auto local = bytes.find("PK\x07\x08");
  if (local != std::string::npos)
    bytes[local + 4] = static_cast<char>(bytes[local + 4] ^ 0x55);
  CHECK(code_of(formats::read_archive(bytes, "a", {})) == "FILE_DAMAGED");
}

TEST_CASE("a bomb is refused by its ratio, its size and its count") {
  const auto zeros = tests::zip_of({{"a", std::string(20'000'000, '\0')}});
  CHECK(code_of(formats::read_archive(zeros, "a", {})) == "FILE_EXPANDS_TOO_MUCH");
  CHECK(code_of(formats::read_archive(zeros, "a",
                                      {.max_total_bytes = 1'000, .max_ratio = 1'000'000})) ==
        "FILE_EXPANDS_TOO_MUCH");
  std::vector<tests::zip_entry> many;
  for (int i = 0; i < 20; ++i)
    many.push_back({std::to_string(i), "x"});
  CHECK(code_of(formats::read_archive(tests::zip_of(many), "a", {.max_members = 10})) ==
        "FILE_EXPANDS_TOO_MUCH");
}

TEST_CASE("members whose names lead out of an archive are left out") {
  const auto read = formats::read_archive(tests::zip_of({{"../evil.txt", "a"},
                                                         {"ok/../../evil.txt", "b"},
                                                         {"__MACOSX/._x", "c"},
                                                         {"dir/good.txt", "d"}}),
                                          "a", {});
  const auto& [members, left_out] = std::get<formats::unpacked>(read);
  REQUIRE(left_out.size() == 2);
  CHECK(left_out[0].code == "FILE_NAME_INVALID");
  REQUIRE(members.size() == 1);
  CHECK(members[0].path == "dir/good.txt");
  CHECK(members[0].bytes == "d");
}

TEST_CASE("entities of XML are not expanded, and files are not read by them") {
  const auto read = formats::read_docx(
      docx_with("<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;'>"
                "<!ENTITY f SYSTEM 'file:///etc/passwd'>]><w:document><w:body><w:p><w:r>"
                "<w:t>&b;&f;</w:t></w:r></w:p></w:body></w:document>"),
      {});
  CHECK(tests::tree_text(read) == "&b;&f;\n");
}

TEST_CASE("elements and groups that nest too deeply are refused") {
  CHECK(tests::code_of(formats::read_docx(
            docx_with(repeated("<a>", 100'000) + repeated("</a>", 100'000)), {})) ==
        "FILE_TOO_DEEP");
  CHECK(tests::code_of(formats::read_rtf("{\\rtf1 " + repeated("{", 100'000), {})) ==
        "FILE_TOO_DEEP");
}

TEST_CASE("an encrypted office file says that it is") {
  std::string compound = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
  for (const char c : std::string_view{"EncryptedPackage"})
    compound += std::string{c} + std::string(1, '\0');
  CHECK(tests::code_of(formats::read_docx(compound, {})) == "FILE_ENCRYPTED");
  CHECK(tests::code_of(formats::read_odt(
            tests::zip_of({{"META-INF/manifest.xml", "<m><f><m:encryption-data/></f></m>"},
                           {"content.xml", "scrambled"}}),
            {})) == "FILE_ENCRYPTED");
}
