#include "tests/app/sandbox.hpp"
#include "tests/support/paths.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

// What `millrace documents` and `millrace document` say of files that were ingested.
namespace {

using namespace millrace;
using nlohmann::json;

struct ingested {
  tests::sandbox in;

  std::string id_of(const std::string& name, const std::string& bytes) const {
    const auto path = in.write(name, bytes);
    REQUIRE(in.millrace({"submit", path}).code == 0);
    const auto ended = in.millrace({"run", "--until-idle"});
    INFO(ended.err);
    REQUIRE(ended.code == 0);
    for (const auto& one : json::parse(in.millrace({"documents", "--json"}).out))
      if (one["name"] == name)
        return one["document_id"];
    FAIL("no document is called " << name);
    return {};
  }
};

TEST_CASE_METHOD(ingested, "a document shows what its file says about itself") {
  const auto id = id_of("mill.md",
                        "---\ntitle: The mill\nauthor: Ann\ndate: 2026-11-05\nlang: de\n---\n\n"
                        "Das Rad steht still.\n");
  const auto shown = json::parse(in.millrace({"document", id, "--json"}).out);
  CHECK(shown["title"] == "The mill");
  CHECK(shown["author"] == "Ann");
  CHECK(shown["date"] == "2026-11-05");
  CHECK(shown["language"] == "de");
  CHECK(shown["warnings"] == json::array());
  CHECK_THAT(in.millrace({"document", id}).out,
             Catch::Contains("The mill") && !Catch::Contains("WARNING"));
}

TEST_CASE_METHOD(ingested,
                 "a document shows what its parser had to guess, and is counted with it") {
  const auto id =
      id_of("note.txt", "Prosz\xEA zamkn\xB9\xE6 zaw\xF3r, zanim w\xB3\xB9\x63z\xB9 si\xEA.\n");
  const auto shown = json::parse(in.millrace({"document", id, "--json"}).out);
  REQUIRE(shown["warnings"].size() == 1);
  CHECK(shown["warnings"][0]["code"] == "TEXT_ENCODING_GUESSED");
  CHECK_THAT(in.millrace({"document", id}).out,
             Catch::Contains("TEXT_ENCODING_GUESSED") && Catch::Contains("windows-1250"));
  CHECK_THAT(in.millrace({"documents"}).out,
             Catch::Contains("note.txt\tembedded\ttext/plain\t1\t1"));
}

TEST_CASE_METHOD(ingested, "files of office programs, books and mail are documents with chunks") {
  std::vector<std::string> words{"submit"};
  for (const auto* name :
       {"libreoffice.docx", "libreoffice.odp", "libreoffice.ods", "libreoffice.odt",
        "libreoffice.pptx", "libreoffice.rtf", "libreoffice.xlsx", "pandoc.docx", "pandoc.epub",
        "pandoc.odt", "pandoc.rtf"})
    words.push_back(tests::source_path(std::string{"tests/data/formats/"} + name));
  words.push_back(in.write("two.eml",
                           "From: ann@example.org\nSubject: The mill\nMIME-Version: 1.0\n"
                           "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nIt stands still.\n"
                           "--b\nContent-Type: image/png\n"
                           "Content-Disposition: attachment; filename=plan.png\n\n\x89PNG\r\n\x1A\n"
                           "\n--b--\n"));
  REQUIRE(in.millrace(words).code == 0);
  const auto ended = in.millrace({"run", "--until-idle"});
  INFO(ended.err);
  REQUIRE(ended.code == 0);
  const auto documents = json::parse(in.millrace({"documents", "--json"}).out);
  CHECK(documents.size() == words.size() - 1);
  for (const auto& one : documents) {
    INFO(one.dump(2));
    CHECK(one["status"] == "embedded");
    CHECK(one["chunk_count"] > 0);
    CHECK_FALSE(one["media_type"].get<std::string>().starts_with("text/"));
    if (one["name"] == "two.eml")
      CHECK_THAT(one["warnings"].dump(),
                 Catch::Contains("ATTACHMENTS_LEFT_OUT") && Catch::Contains("plan.png"));
  }
}

TEST_CASE_METHOD(ingested, "a document that is not there is said so") {
  REQUIRE(in.millrace({"migrate"}).code == 0);
  const auto answer = in.millrace({"document", "x"});
  CHECK(answer.code == 1);
  CHECK_THAT(answer.err,
             Catch::Contains("there is no such document") && Catch::Contains("millrace documents"));
}

}  // namespace
