#include "ingest/store/document_store.hpp"

#include "ingest/effects.hpp"
#include "storage/jobs/write_effect.hpp"
#include "tests/support/store_fixture.hpp"

#include <fmt/format.h>

namespace millrace::storage::testing {
namespace {

using ingest::make_effect;
namespace effects = ingest::effects;
using ingest::chunk;
using ingest::document;
using ingest::document_status;
using ingest::embedding;

struct document_fixture : store_fixture {
  ingest::document_store documents{database.settings()};

  void write(const pipeline::effect& what, std::int64_t job = 1) {
    transaction tx{on};
    storage::write_effect(on, job, what, now);
    tx.commit();
  }

  static document sample(std::int64_t job = 1) {
    document d;
    d.id = "d1";
    d.owner = "me";
    d.job_id = job;
    d.name = "näme.md";
    d.source_path = fmt::format("/in/{}/näme.md", job);
    d.media_type = "text/markdown";
    d.size_bytes = 12;
    d.file_sha256 = "abc";
    d.raw_uri = "storage://raw/me/d1.md";
    return d;
  }

  static std::vector<chunk> sample_chunks(std::int64_t count, const std::string& kind = "c") {
    std::vector<chunk> made;
    for (std::int64_t i = 0; i < count; ++i)
      made.push_back({fmt::format("{}{}", kind, i), i, "A > B", 10 * i, 10 * i + 9,
                      fmt::format("text {} of 'it' ö", i), fmt::format("sha{}", i)});
    return made;
  }

  /// A document that can be searched, whose chunks have these vectors.
  void embed(const std::string& id, const std::vector<ingest::vector>& vectors) {
    auto d = sample();
    d.id = id;
    write(make_effect(effects::register_document{d}));
    const auto count = static_cast<std::int64_t>(vectors.size());
    write(make_effect(effects::buffer_chunks{id, sample_chunks(count, id + "-")}));
    write(make_effect(effects::commit_chunks{id, count}));
    std::vector<embedding> all;
    for (std::int64_t i = 0; i < count; ++i)
      all.push_back({i, vectors[static_cast<std::size_t>(i)]});
    write(make_effect(effects::buffer_embeddings{id, "e@1", all}));
    write(make_effect(effects::commit_embeddings{id, "e@1"}));
    write(make_effect(effects::mark_embedded{id}));
  }

  /// All that the tables of documents hold.
  std::string everything() {
    const std::string hex = is_sqlite() ? "hex(embedding)" : "upper(encode(embedding, 'hex'))";
    const std::vector<std::pair<std::string, std::vector<std::string>>> tables{
        {"documents",
         {"document_id", "job_id", "status", "parser", "parsed_uri", "text_sha256", "chunk_count",
          "embedder"}},
        {"chunk_buffer", {"document_id", "ord", "chunk_id", "text"}},
        {"chunks", {"document_id", "ord", "chunk_id", "text", "embedder", hex}},
        {"embedding_buffer", {"document_id", "embedder", "ord", hex}},
        {"job_details", {"job_id", "output"}}};
    std::string all;
    for (const auto& [table, columns] : tables) {
      std::string row;
      for (const auto& column : columns)
        row += fmt::format("{}coalesce(cast({} as text), '')", row.empty() ? "" : " || '|' || ",
                           column);
      soci::rowset<std::string> rows = on.session().prepare
                                       << fmt::format("select {} from {} order by 1", row, table);
      for (const auto& one : rows)
        all += fmt::format("{}: {}\n", table, one);
    }
    return all;
  }
};

bool same(const chunk& a, const chunk& b) {
  return std::tie(a.id, a.ord, a.heading_path, a.byte_begin, a.byte_end, a.text, a.sha256) ==
         std::tie(b.id, b.ord, b.heading_path, b.byte_begin, b.byte_end, b.text, b.sha256);
}

bool same(const std::vector<chunk>& a, const std::vector<chunk>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return same(x, y); });
}

TEST_CASE_METHOD(document_fixture, "the fate of a job is known by its id") {
  using ingest::job_fate;
  const auto id = add();
  CHECK(documents.fate_of(id) == ingest::job_fate::unfinished);
  const auto claimed = claim();
  REQUIRE(claimed.size() == 1);
  CHECK(documents.fate_of(id) == ingest::job_fate::unfinished);
  store.settler.settle(std::vector<settlement>{{claimed[0], pipeline::finish{}, false}}, now);
  CHECK(documents.fate_of(id) == ingest::job_fate::done);
  const auto other = add();
  store.control.cancel(other, "me", now);
  CHECK(documents.fate_of(other) == ingest::job_fate::failed);
  CHECK(documents.fate_of(other + 1) == ingest::job_fate::failed);
}

TEST_CASE_METHOD(document_fixture, "a document is read as it was registered") {
  CHECK_FALSE(documents.find("d1"));
  write(make_effect(effects::register_document{sample()}));
  const auto found = documents.find("d1");
  REQUIRE(found);
  CHECK(found->owner == "me");
  CHECK(found->job_id == 1);
  CHECK(found->name == "näme.md");
  CHECK(found->source_path == "/in/1/näme.md");
  CHECK(found->media_type == "text/markdown");
  CHECK(found->size_bytes == 12);
  CHECK(found->file_sha256 == "abc");
  CHECK(found->raw_uri == "storage://raw/me/d1.md");
  CHECK(found->status == document_status::registered);
  CHECK(found->parser.empty());
}

TEST_CASE_METHOD(document_fixture, "the first job keeps its document while it is alive or done") {
  const auto first = working();
  write(make_effect(effects::register_document{sample(first.id)}));
  const auto second = add();
  write(make_effect(effects::register_document{sample(second)}));
  CHECK(documents.find("d1")->job_id == first.id);
  settle(first, pipeline::finish{});
  write(make_effect(effects::register_document{sample(second)}));
  CHECK(documents.find("d1")->job_id == first.id);
  CHECK(documents.find("d1")->source_path == sample(first.id).source_path);
}

TEST_CASE_METHOD(document_fixture, "a document of a dead or cancelled job is taken over") {
  const auto dead = working();
  write(make_effect(effects::register_document{sample(dead.id)}));
  settle(dead, pipeline::reject{"A", "a"});
  const auto cancelled = add();
  write(make_effect(effects::register_document{sample(cancelled)}));
  CHECK(documents.find("d1")->job_id == cancelled);
  CHECK(documents.find("d1")->source_path == sample(cancelled).source_path);
  store.control.cancel(cancelled, "ann", now);
  const auto third = add();
  write(make_effect(effects::register_document{sample(third)}));
  CHECK(documents.find("d1")->job_id == third);
}

TEST_CASE_METHOD(document_fixture, "a document goes through its stages, each effect twice alike") {
  const auto chunks = sample_chunks(3);
  const std::vector<pipeline::effect> all{
      make_effect(effects::register_document{sample()}),
      make_effect(effects::record_parsed{"d1", "markdown@1", "storage://parsed/me/d1.md"}),
      make_effect(effects::record_normalised{"d1", "sha"}),
      make_effect(effects::buffer_chunks{"d1", sample_chunks(5, "old")}),
      make_effect(effects::buffer_chunks{"d1", chunks}),
      make_effect(effects::commit_chunks{"d1", 3}),
      make_effect(effects::buffer_embeddings{"d1", "e@1", {{0, {1, 2}}, {1, {3, 4}}}}),
      make_effect(effects::buffer_embeddings{"d1", "e@1", {{1, {5, 6}}, {2, {7, 8}}}}),
      make_effect(effects::commit_embeddings{"d1", "e@1"}),
      make_effect(effects::mark_embedded{"d1"}),
      effects::write_output{"{\"document\":\"d1\"}"}};
  for (const auto& one : all) {
    write(one);
    const auto once = everything();
    now += 1s;
    write(one);
    INFO(one.index());
    CHECK(everything() == once);
  }
  const auto found = documents.find("d1").value();
  CHECK(found.status == document_status::embedded);
  CHECK(found.parser == "markdown@1");
  CHECK(found.parsed_uri == "storage://parsed/me/d1.md");
  CHECK(found.text_sha256 == "sha");
  CHECK(found.chunk_count == 3);
  CHECK(found.embedder == "e@1");
  CHECK(same(documents.chunks("d1", 0, 10), chunks));
  CHECK(same(documents.chunks("d1", 1, 1), {chunks[1]}));
  CHECK(documents.buffered_chunks("d1").empty());
  CHECK(documents.buffered_embeddings("d1", "e@1").empty());
  CHECK(documents.count_embedded("d1", "e@1") == 3);
  CHECK(documents.count_embedded("d1", "e@2") == 0);
}

TEST_CASE_METHOD(document_fixture, "buffered chunks are read in order, byte for byte") {
  auto chunks = sample_chunks(3);
  chunks[1].text = "a\tb\n \u00e9'\"\\ ";
  std::swap(chunks[0], chunks[2]);
  write(make_effect(effects::buffer_chunks{"d1", chunks}));
  std::swap(chunks[0], chunks[2]);
  CHECK(same(documents.buffered_chunks("d1"), chunks));
}

TEST_CASE_METHOD(document_fixture, "chunks to embed are those without a buffered vector") {
  write(make_effect(effects::register_document{sample()}));
  write(make_effect(effects::buffer_chunks{"d1", sample_chunks(5)}));
  write(make_effect(effects::commit_chunks{"d1", 5}));
  write(make_effect(effects::buffer_embeddings{"d1", "e@1", {{0, {1, 0}}, {2, {0, -1.5}}}}));
  const auto missing = documents.chunks_to_embed("d1", "e@1", 2);
  REQUIRE(missing.size() == 2);
  CHECK(missing[0].ord == 1);
  CHECK(missing[1].ord == 3);
  CHECK(documents.chunks_to_embed("d1", "e@2", 9).size() == 5);
  const auto buffered = documents.buffered_embeddings("d1", "e@1");
  REQUIRE(buffered.size() == 2);
  CHECK(buffered[1].ord == 2);
  CHECK(buffered[1].values == ingest::vector{0, -1.5});
}

TEST_CASE_METHOD(document_fixture, "new chunks drop the old ones with their vectors") {
  embed("d1", {{1, 0}, {0, 1}});
  write(make_effect(effects::buffer_chunks{"d1", sample_chunks(1, "new")}));
  write(make_effect(effects::commit_chunks{"d1", 1}));
  CHECK(documents.chunks("d1", 0, 10).size() == 1);
  CHECK(documents.count_embedded("d1", "e@1") == 0);
  CHECK(documents.find("d1")->status == document_status::chunked);
  CHECK(documents.find("d1")->embedder.empty());
}

TEST_CASE("the document store gives the reason when the database cannot be read") {
  const tests::test_database database;
  ingest::document_store documents{database.settings()};
  CHECK(kind_thrown([&] { documents.find("d1"); }) == error_kind::permanent);
}

}  // namespace
}  // namespace millrace::storage::testing
