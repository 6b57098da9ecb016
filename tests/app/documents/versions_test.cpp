#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

// What becomes of a file that is submitted again, and of documents that are deleted.
namespace {

using namespace millrace;
using nlohmann::json;

struct corpus {
  tests::sandbox in;

  std::string take_in(const std::string& name, const std::string& bytes) const {
    const auto path = in.write(name, bytes);
    REQUIRE(in.millrace({"submit", path}).code == 0);
    const auto ended = in.millrace({"run", "--until-idle"});
    INFO(ended.err);
    REQUIRE(ended.code == 0);
    return path;
  }

  json documents(std::vector<std::string> words = {}) const {
    words.insert(words.begin(), {"documents", "--json"});
    return json::parse(in.millrace(words).out);
  }

  std::string found(const std::string& words) const { return in.millrace({"search", words}).out; }
};

TEST_CASE_METHOD(corpus, "a file that changed is a new version, and its old text is not found") {
  const auto path = take_in("mill.md", "# Mill\n\nThe old wheel turns.\n\n# Weir\n\nIt leaks.\n");
  CHECK_THAT(found("wheel"), Catch::Contains("old wheel"));
  take_in("mill.md", "# Mill\n\nThe new wheel turns.\n\n# Weir\n\nIt leaks.\n");
  CHECK_THAT(found("wheel"), Catch::Contains("new wheel") && !Catch::Contains("old wheel"));
  REQUIRE(documents().size() == 1);
  CHECK(documents({"--all"}).size() == 2);
  CHECK(documents({"--status", "replaced"}).size() == 1);
  CHECK(documents({"--path", path}).size() == 1);
  CHECK(documents({"--path", path + "/x"}).empty());
  const auto id = documents()[0]["document_id"].get<std::string>();
  const auto versions = json::parse(in.millrace({"document", id, "--versions", "--json"}).out);
  REQUIRE(versions.size() == 2);
  CHECK(versions[0]["state"] == "replaced");
  CHECK(versions[1]["state"] == "current");
  CHECK(versions[1]["document_id"] == id);
  CHECK_THAT(in.millrace({"document", id, "--text"}).out, Catch::Contains("new wheel"));
  CHECK_THAT(in.millrace({"document", id, "--chunks"}).out, Catch::Contains("new wheel"));
}

TEST_CASE_METHOD(corpus, "a file that is as it was again is found again") {
  take_in("a.txt", "one wheel\n");
  take_in("a.txt", "two weirs\n");
  take_in("a.txt", "one wheel\n");
  CHECK_THAT(found("wheel"), Catch::Contains("one wheel") && !Catch::Contains("two weirs"));
  CHECK(documents().size() == 1);
}

TEST_CASE_METHOD(corpus, "a deleted document is gone with its bytes, and can be taken in again") {
  const auto path = take_in("a.txt", "one wheel\n");
  const auto id = documents()[0]["document_id"].get<std::string>();
  const auto done = in.millrace({"delete", id, "--yes"});
  CHECK(done.code == 0);
  CHECK(done.out == "deleted: 1\n");
  CHECK(documents({"--all"}).empty());
  CHECK(in.shell("find .local/share/millrace/blobs/raw .local/share/millrace/blobs/parsed -type f")
            .out.empty());
  CHECK_THAT(in.millrace({"events", "--job", "1"}).out, Catch::Contains("DOCUMENT_DELETED"));
  CHECK(in.millrace({"delete", id, "--yes"}).code == 1);
  take_in("a.txt", "one wheel\n");
  CHECK_THAT(found("wheel"), Catch::Contains("one wheel"));
}

TEST_CASE_METHOD(corpus, "delete takes all versions of a path, and of the files below a folder") {
  take_in("d/a.txt", "one wheel\n");
  take_in("d/a.txt", "two wheels\n");
  take_in("d/b.txt", "three wheels\n");
  take_in("e.txt", "four wheels\n");
  const auto folder = (in.folder() / "d").string();
  CHECK(in.millrace({"delete", "--path", folder, "--dry-run"}).out ==
        folder + "/a.txt\n" + folder + "/b.txt\n");
  CHECK(in.millrace({"delete", "--path", folder, "--yes"}).out == "deleted: 3\n");
  CHECK(documents({"--all"}).size() == 1);
  CHECK_THAT(found("wheels"), Catch::Contains("four wheels") && !Catch::Contains("three"));
}

TEST_CASE_METHOD(corpus, "a document that a job works on is not deleted") {
  const auto path = in.write("a.txt", "one wheel\n");
  REQUIRE(in.millrace({"submit", path}).code == 0);
  REQUIRE(in.millrace({"run", "--until-idle"}).code == 0);
  const auto id = documents()[0]["document_id"].get<std::string>();
  REQUIRE(in.millrace({"replay", "1", "--from", "chunking"}).code == 0);
  const auto refused = in.millrace({"delete", id, "--yes"});
  CHECK(refused.code == 1);
  CHECK_THAT(refused.err,
             Catch::Contains("job 1 still works on it") && Catch::Contains("millrace cancel 1"));
  CHECK(documents().size() == 1);
}

}  // namespace
