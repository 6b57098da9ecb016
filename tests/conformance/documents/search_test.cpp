#include "ingest/search/search.hpp"

#include "ingest/effects.hpp"
#include "ingest/search/index_chunks.hpp"
#include "storage/jobs/write_effect.hpp"
#include "tests/support/store_fixture.hpp"

#include <fmt/format.h>

#include <random>
#include <set>

namespace millrace::storage::testing {
namespace {

using ingest::make_effect;
using ingest::search_request;
namespace effects = ingest::effects;

struct search_fixture : store_fixture {
  struct source {
    std::string id;
    std::vector<std::string> chunks;
    std::string owner = "me";
    std::string name = "note.md";
    std::string title{};
    std::string heading{};
    std::string path = "/in/note.md";
    std::string media_type = "text/markdown";
    std::vector<ingest::vector> vectors{};
    std::string language{};
    std::string collection{};
    std::string tags = "[]";
  };

  void write(const pipeline::effect& what) {
    transaction tx{on};
    storage::write_effect(on, 1, what, now);
    tx.commit();
  }

  void add_chunks(const source& of) {
    ingest::document d;
    d.id = of.id;
    d.owner = of.owner;
    d.job_id = 1;
    d.name = of.name;
    d.source_path = of.path;
    d.media_type = of.media_type;
    d.collection = of.collection;
    d.tags = of.tags;
    d.file_sha256 = of.id;
    write(make_effect(effects::register_document{d}));
    d.title = of.title;
    write(make_effect(
        effects::record_parsed{of.id, "p@1", "u", {.title = of.title, .language = of.language}}));
    std::vector<ingest::chunk> made;
    for (const auto& text : of.chunks) {
      const auto ord = static_cast<std::int64_t>(made.size());
      made.push_back({fmt::format("{}-{}", of.id, ord), ord, of.heading, 0, 1, text, "s"});
    }
    write(make_effect(effects::buffer_chunks{of.id, made}));
    write(make_effect(effects::commit_chunks{of.id, static_cast<std::int64_t>(made.size()),
                                             ingest::search::words_of(d, made)}));
  }

  /// Adds a document that can be searched.
  void add_document(const source& of) {
    add_chunks(of);
    std::vector<ingest::embedding> all;
    for (std::size_t n = 0; n < of.vectors.size(); ++n)
      all.push_back({static_cast<std::int64_t>(n), of.vectors[n]});
    if (!all.empty()) {
      write(make_effect(effects::buffer_embeddings{of.id, "e@1", all}));
      write(make_effect(effects::commit_embeddings{of.id, "e@1"}));
    }
    write(make_effect(effects::mark_embedded{of.id}));
  }

  /// The documents that answer, best first, separated by blanks.
  std::string answers(const search_request& asked) {
    std::string ids;
    for (const auto& hit : ingest::search_chunks(on, asked))
      ids += (ids.empty() ? "" : " ") + hit.document_id;
    return ids;
  }
  std::string found(const std::string& query) { return answers({.query = query, .top = 100}); }
};

TEST_CASE_METHOD(search_fixture, "rarer words count more, and what has none of them is no answer") {
  add_document({.id = "a", .chunks = {"the pump is stopped by the lever"}});
  add_document({.id = "b", .chunks = {"the pump runs in the cellar"}});
  add_document({.id = "c", .chunks = {"tulips in the garden"}});
  CHECK(found("how is the pump stopped") == "a b c");
  CHECK(found("pump lever") == "a b");
  CHECK(found("zebra").empty());
  CHECK(found("???").empty());
  CHECK(answers({.query = "pump", .top = 1}).size() == 1);
  CHECK(answers({.query = "pump", .top = 0}).empty());
}

TEST_CASE_METHOD(search_fixture, "titles and headings count more than text") {
  add_document({.id = "text",
                .chunks = {"calibration of a valve is told of in passing, as are other works"}});
  add_document({.id = "heading", .chunks = {"it takes an hour"}, .heading = "Works > Calibration"});
  CHECK(found("calibration") == "heading text");
  add_document({.id = "title", .chunks = {"once a year"}, .title = "Calibration"});
  CHECK(found("calibration").ends_with("text"));
  add_document({.id = "name", .chunks = {"nothing else"}, .name = "turbine-manual.pdf"});
  CHECK(found("turbine") == "name");
}

TEST_CASE_METHOD(search_fixture, "phrases stand together, and words can be required or excluded") {
  add_document({.id = "a", .chunks = {"single row mode is a mode of the library"}});
  add_document({.id = "b", .chunks = {"a row of single houses has no mode"}});
  CHECK(found("\"single row mode\"") == "a");
  CHECK(found("\"row of single\"") == "b");
  CHECK(found("\"mode row\"").empty());
  CHECK(found("mode -library") == "b");
  CHECK(found("mode +houses") == "b");
  CHECK(found("mode -\"single row\"") == "b");
  CHECK(found("\"of the library\" houses") == "a");
  // Words that are all excluded are asked for.
  CHECK(found("-library") == "a");
  CHECK(found("\"unclosed library") == "a");
}

TEST_CASE_METHOD(search_fixture, "identifiers are found whole, by their parts and by their signs") {
  add_document({.id = "camel", .chunks = {"call PQsetSingleRowMode before the query"}});
  add_document({.id = "snake", .chunks = {"pg_ls_replslotdir lists a folder"}});
  add_document({.id = "version", .chunks = {"release 1.3.2 stops faster"}});
  add_document({.id = "other", .chunks = {"release 1.2.3 starts faster"}});
  add_document({.id = "cpp", .chunks = {"rules for C++"}});
  add_document({.id = "c", .chunks = {"rules for C"}});
  CHECK(found("PQsetSingleRowMode") == "camel");
  CHECK(found("single row mode") == "camel");
  CHECK(found("replslotdir") == "snake");
  CHECK(found("1.3.2") == "version");
  CHECK(found("C++ rules").starts_with("cpp"));
  CHECK(found("it's 'quoted' \\ and \"odd").empty());
}

TEST_CASE_METHOD(search_fixture, "other forms of a word find it, after the same form") {
  add_document({.id = "a", .chunks = {"the indexes are rebuilt at night"}, .language = "en"});
  add_document({.id = "b", .chunks = {"the index is rebuilt at night"}, .language = "en"});
  CHECK(found("index") == "b a");
  CHECK(found("indexes") == "a b");
  add_document({.id = "de", .chunks = {"Die Straßenbahn fährt stündlich"}, .language = "de"});
  CHECK(found("STRASSENBAHN") == "de");
  CHECK(found("stundlich") == "de");
  // A word of a joined one, after the word itself.
  add_document({.id = "joined",
                .chunks = {"Die Kühlwasserpumpen werden jährlich gewartet"},
                .language = "de"});
  add_document(
      {.id = "pump", .chunks = {"Die Pumpe und ihre Teile sind neu und teuer"}, .language = "de"});
  CHECK(found("Pumpe") == "pump joined");
  CHECK(found("Kühlwasser") == "joined");
}

TEST_CASE_METHOD(search_fixture, "a document answers once, unless all its chunks are asked for") {
  add_document({.id = "a", .chunks = {"the pump", "the pump again", "another thing"}});
  add_document({.id = "b", .chunks = {"a pump"}});
  CHECK(ingest::search_chunks(on, {.query = "pump", .top = 10}).size() == 2);
  const auto all =
      ingest::search_chunks(on, {.query = "pump", .top = 10, .is_per_document = false});
  REQUIRE(all.size() == 3);
  for (const auto& hit : all) {
    CHECK(hit.score > 0);
    REQUIRE(hit.marks.size() == 1);
    const auto& mark = hit.marks.front();
    CHECK(hit.chunk.text.substr(mark.begin, mark.end - mark.begin) == "pump");
  }
}

TEST_CASE_METHOD(search_fixture, "a search is narrowed by owner, path, type and time") {
  add_document({.id = "a",
                .chunks = {"pump"},
                .owner = "ann",
                .path = "/docs/a.md",
                .collection = "notes",
                .tags = R"(["x y", "é"])"});
  now += 1h;
  add_document({.id = "b",
                .chunks = {"pump"},
                .owner = "bob",
                .path = "/docs%/b.pdf",
                .media_type = "application/pdf"});
  const auto with = [&](ingest::search::filter of) {
    return answers({.query = "pump", .top = 10, .of = std::move(of)});
  };
  CHECK(with({}) == "a b");
  CHECK(with({.owner = "ann"}) == "a");
  CHECK(with({.owner = "carol"}).empty());
  CHECK(with({.media_type = "application/pdf"}) == "b");
  CHECK(with({.path = "/docs"}) == "a b");
  CHECK(with({.path = "/docs/"}) == "a");
  CHECK(with({.path = "/docs%"}) == "b");
  CHECK(with({.collection = "notes"}) == "a");
  CHECK(with({.tag = "x y"}) == "a");
  CHECK(with({.tag = "x"}).empty());
  CHECK(with({.since = now}) == "b");
  CHECK(with({.until = now}) == "a");
}

TEST_CASE_METHOD(search_fixture, "what another owner has is never found") {
  std::mt19937 random{7};  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same run each time
  const std::vector<std::string> words{"pump", "valve", "lever", "C++", "1.3.2", "öl", "日本語"};
  const std::vector<std::string> owners{"ann", "ann ", "Ann", "bob", "a%", "*", "o'brien"};
  const auto any = [&](const auto& of) { return of[random() % of.size()]; };
  for (int n = 0; n < 60; ++n)
    add_document({.id = fmt::format("d{}", n),
                  .chunks = {fmt::format("{} {}", any(words), any(words)), any(words)},
                  .owner = any(owners),
                  .vectors = {{1, static_cast<float>(n)}, {static_cast<float>(n), 1}}});
  for (int n = 0; n < 60; ++n) {
    const auto owner = any(owners);
    const search_request asked{
        .query = fmt::format("{} {}", any(words), any(words)),
        .top = 100,
        .of = {.owner = owner},
        .is_per_document = n % 2 == 0,
        .meant = n % 3 == 0 ? std::optional<ingest::meaning>{{"e@1", {1, 1}}} : std::nullopt};
    for (const auto& hit : ingest::search_chunks(on, asked))
      CHECK(hit.owner == owner);
  }
}

TEST_CASE_METHOD(search_fixture, "only documents that are embedded are searched, as they are now") {
  add_chunks({.id = "a", .chunks = {"pump"}});
  CHECK(found("pump").empty());
  write(make_effect(effects::mark_embedded{"a"}));
  CHECK(found("pump") == "a");
  add_document({.id = "a", .chunks = {"valve"}});
  CHECK(found("pump").empty());
  CHECK(found("valve") == "a");
}

TEST_CASE_METHOD(search_fixture, "what is near in meaning is found without its words") {
  add_document({.id = "b", .chunks = {"x", "y", "z"}, .vectors = {{1, 0}, {0, 1}, {0.6F, 0.8F}}});
  add_document({.id = "a", .chunks = {"x", "y", "z"}, .vectors = {{5, 0}, {-1, 0}, {0, 0}}});
  const auto near = [&](std::size_t top, const std::string& embedder, const std::string& query) {
    return ingest::search_chunks(on, {.query = query,
                                      .top = top,
                                      .is_per_document = false,
                                      .meant = ingest::meaning{embedder, {2, 0}}});
  };
  const auto hits = near(10, "e@1", "w");
  REQUIRE(hits.size() == 3);
  CHECK(hits[0].chunk.id == "a-0");
  CHECK(hits[0].similarity == Approx(1));
  CHECK(hits[0].word_score == 0);
  CHECK(hits[1].chunk.id == "b-0");
  CHECK(hits[2].similarity == Approx(0.6));
  CHECK(near(2, "e@1", "w").size() == 2);
  CHECK(near(10, "e@2", "w").empty());
  // Words and meaning count together.
  CHECK(near(1, "e@1", "z").front().chunk.id == "b-2");
}

TEST_CASE_METHOD(search_fixture,
                 "documents of an earlier version are told of, and can be indexed") {
  add_document({.id = "a", .chunks = {"pump"}});
  add_document({.id = "b", .chunks = {"pump"}});
  on.session() << "delete from chunk_entries";
  on.session() << "update documents set indexed_by = ''";
  CHECK(found("pump").empty());
  CHECK(ingest::count_not_indexed(on) == 2);
  CHECK(ingest::search::index_older_documents(on, 1) == 1);
  CHECK(ingest::search::index_older_documents(on, 10) == 1);
  CHECK(ingest::search::index_older_documents(on, 10) == 0);
  CHECK(ingest::count_not_indexed(on) == 0);
  CHECK(found("pump") == "a b");
}

TEST_CASE_METHOD(search_fixture, "a document without chunks, as an archive, is not missed") {
  ingest::document archive;
  archive.id = "zip";
  archive.owner = "me";
  archive.job_id = 1;
  write(make_effect(effects::register_document{archive}));
  write(make_effect(effects::mark_embedded{"zip"}));
  CHECK(ingest::count_not_indexed(on) == 0);
  CHECK(ingest::search::index_older_documents(on, 10) == 0);
}

TEST_CASE_METHOD(search_fixture, "words without end are searched for, and refused nothing") {
  add_document(
      {.id = "a", .chunks = {std::string(100'000, 'x') + " pump " + std::string(3000, '\'')}});
  CHECK(found("pump") == "a");
  std::string long_query;
  for (int n = 0; n < 3000; ++n)
    long_query += fmt::format("word{} ", n);
  CHECK(found(long_query).empty());
  CHECK(found("pump " + long_query) == "a");
  CHECK(found(std::string(100'000, '"')).empty());
  CHECK(found("pump \xff\xfe").substr(0, 1) == "a");
}

}  // namespace
}  // namespace millrace::storage::testing
