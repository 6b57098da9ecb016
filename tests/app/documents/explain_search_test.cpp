#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

// Why a document is, or is not, among the answers of a search.
namespace {

using millrace::tests::sandbox;
using nlohmann::json;

struct shelf {
  sandbox in;

  void take_in() const {
    in.write("d/boat.md", "# Boats\n\nA lock lifts boats.\n");
    in.write("d/mill.md", "# Mills\n\nThe wheel turns the mill. A lock of the mill door.\n");
    in.write("d/clip.mp4", std::string{"\0\0\0\x18"} + "ftypmp42" + std::string(64, '\0'));
    REQUIRE(in.millrace({"submit", (in.folder() / "d").string()}).code == 0);
    in.millrace({"run", "--until-idle"});
  }

  json why(const std::string& query, const std::string& path,
           std::vector<std::string> more = {}) const {
    std::vector<std::string> words{"search", query, "--explain", path, "--json"};
    words.insert(words.end(), more.begin(), more.end());
    const auto said = in.millrace(words);
    INFO(said.err);
    REQUIRE(said.code == 0);
    const auto all = json::parse(said.out);
    REQUIRE(all.size() == 1);
    return all[0];
  }

  std::string path(const std::string& name) const { return (in.folder() / "d" / name).string(); }
};

}  // namespace

TEST_CASE("a search says at which rank a document answers, or why it does not") {
  const shelf at;
  at.take_in();

  const auto first = at.why("lifts lock", at.path("boat.md"));
  CHECK(first["rank"] == 1);
  CHECK(first["answers"] == 2);
  CHECK(first["score"] == first["best_score"]);
  CHECK(at.why("lifts lock", at.path("mill.md"))["rank"] == 2);
  CHECK(at.why("lifts lock", first["document_id"])["rank"] == 1);

  const auto none = at.why("wheel", at.path("boat.md"));
  CHECK(none["rank"] == 0);
  CHECK(none["why"] == "it has none of the words");
  CHECK(none["words"][0]["word"] == "wheel");
  CHECK(none["words"][0]["chunks"] == 1);
  CHECK(none["words"][0]["in_document"] == false);

  CHECK_THAT(at.why("lock +wheel", at.path("boat.md"))["why"].get<std::string>(),
             Catch::Contains("does not have the word `wheel`"));
  CHECK_THAT(at.why("lock -boats", at.path("boat.md"))["why"].get<std::string>(),
             Catch::Contains("has the excluded word"));
  CHECK_THAT(
      at.why("lock", at.path("boat.md"), {"--collection", "other"})["why"].get<std::string>(),
      Catch::Contains("limited by --collection"));
  CHECK_THAT(at.why("lock", at.path("boat.md"), {"--owner", "ann"})["next"].get<std::string>(),
             Catch::Contains("ask without --owner"));
}

TEST_CASE("a search says that a document failed, is not ingested, or was replaced") {
  const shelf at;
  at.take_in();
  CHECK_THAT(at.why("lock", at.path("clip.mp4"))["why"].get<std::string>(),
             Catch::Contains("deadletter with FILE_TYPE_UNSUPPORTED"));
  CHECK_THAT(at.why("lock", at.path("absent.md"))["why"].get<std::string>(),
             Catch::Contains("no document has this id or path"));

  CHECK(at.in.millrace({"search", "lock", "--explain", ""}).code == 2);
  CHECK(at.in.millrace({"documents", "--path", ""}).code == 2);
  CHECK(at.in.millrace({"delete", "--path", "", "--yes"}).code == 2);

  const std::string old = at.why("lock", at.path("boat.md"))["document_id"];
  at.in.write("d/boat.md", "# Boats\n\nA lock lowers boats, too.\n");
  REQUIRE(at.in.millrace({"submit", at.path("boat.md")}).code == 0);
  const auto waiting = at.in.millrace({"search", "lock", "--explain", at.path("boat.md")});
  CHECK(waiting.code == 0);
  REQUIRE(at.in.millrace({"run", "--until-idle"}).code == 0);
  CHECK_THAT(at.why("lock", old)["why"].get<std::string>(), Catch::Contains("newer version"));
  CHECK(at.why("lowers", at.path("boat.md"))["rank"] == 1);
}
