#include "ingest/store/document_versions.hpp"

#include "ingest/effects.hpp"
#include "ingest/store/delete_documents.hpp"
#include "ingest/store/document_queries.hpp"
#include "ingest/store/document_store.hpp"
#include "storage/jobs/write_effect.hpp"
#include "tests/support/store_fixture.hpp"

#include <fmt/format.h>

namespace millrace::storage::testing {
namespace {

using ingest::document_status;
using ingest::make_effect;
namespace effects = ingest::effects;

/// Documents are named by their bytes; their chunks are the words of a text.
struct versions_fixture : store_fixture {
  ingest::document_store documents{database.settings()};

  void write(ingest::document_write what, job_id job = 1) {
    transaction tx{on};
    storage::write_effect(on, job, make_effect(std::move(what)), now);
    tx.commit();
  }

  /// The first stage read these bytes at the path.
  void read(const std::string& path, const std::string& id, job_id job = 0) {
    ingest::document d;
    d.id = id;
    d.owner = "me";
    d.job_id = job;
    d.name = path.substr(1);
    d.source_path = path;
    d.raw_uri = "storage://raw/me/" + id;
    write(effects::register_document{d});
    write(effects::link_path{{"me", path}, id});
  }

  /// The middle stages made these chunks of it.
  void cut(const std::string& id, const std::vector<std::string>& texts) {
    std::vector<ingest::chunk> all;
    for (const auto& text : texts) {
      const auto ord = static_cast<std::int64_t>(all.size());
      all.push_back({fmt::format("{}-{}", id, ord), ord, "", 0, 1, text, "sha of " + text});
    }
    write(effects::buffer_chunks{id, all});
    write(effects::commit_chunks{id, static_cast<std::int64_t>(all.size())});
  }

  /// The last stages gave them vectors.
  void embed(const std::string& id) {
    std::vector<ingest::embedding> vectors;
    for (const auto& one : documents.chunks_to_embed(id, "e@1", 100))
      vectors.push_back({one.ord, {1, 0}});
    write(effects::buffer_embeddings{id, "e@1", vectors});
    write(effects::commit_embeddings{id, "e@1"});
    write(effects::mark_embedded{id});
  }

  void ingest_at(const std::string& path, const std::string& id) {
    read(path, id);
    cut(id, {"text of " + id});
    embed(id);
  }

  /// The documents that a search sees.
  std::vector<std::string> searchable() {
    std::vector<std::string> ids;
    const soci::rowset<std::string> rows =
        (on.session().prepare << "select distinct d.document_id from documents d"
                                 " join chunks c on c.document_id = d.document_id"
                                 " where d.status = 'embedded' and c.embedder = 'e@1' order by 1");
    ids.assign(rows.begin(), rows.end());
    return ids;
  }

  document_status status(const std::string& id) { return documents.find(id)->status; }
};

using names = std::vector<std::string>;

TEST_CASE_METHOD(versions_fixture,
                 "a new version of a path replaces the old one when it is whole") {
  ingest_at("/a", "one");
  CHECK(searchable() == names{"one"});
  read("/a", "two");
  cut("two", {"text of two"});
  CHECK(searchable() == names{"one"});
  embed("two");
  CHECK(searchable() == names{"two"});
  CHECK(status("one") == document_status::replaced);
  CHECK(documents.chunks("one", 0, 10).empty());
  const auto versions = ingest::list_versions(on, "two");
  REQUIRE(versions.size() == 2);
  CHECK((versions[0].document_id == "one" && versions[0].state == "replaced"));
  CHECK((versions[1].document_id == "two" && versions[1].state == "current"));
}

TEST_CASE_METHOD(versions_fixture, "a new version that never gets there leaves the old one") {
  ingest_at("/a", "one");
  read("/a", "two");
  CHECK(searchable() == names{"one"});
  ingest_at("/a", "three");
  CHECK(searchable() == names{"three"});
}

TEST_CASE_METHOD(versions_fixture, "a version that is overtaken is never seen") {
  ingest_at("/a", "one");
  read("/a", "two");
  cut("two", {"text of two"});
  ingest_at("/a", "three");
  embed("two");
  CHECK(searchable() == names{"three"});
  CHECK(status("two") == document_status::replaced);
}

TEST_CASE_METHOD(versions_fixture, "bytes that come back are taken in again") {
  ingest_at("/a", "one");
  ingest_at("/a", "two");
  ingest_at("/a", "one");
  CHECK(searchable() == names{"one"});
  CHECK(status("one") == document_status::embedded);
  CHECK(status("two") == document_status::replaced);
}

TEST_CASE_METHOD(versions_fixture, "a document goes with the last of its paths") {
  ingest_at("/a", "one");
  read("/b", "one");
  CHECK(searchable() == names{"one"});
  ingest_at("/a", "two");
  CHECK(searchable() == names{"one", "two"});
  CHECK(documents.find("one")->source_path == "/b");
  CHECK(documents.find("one")->name == "b");
  ingest_at("/b", "two");
  CHECK(searchable() == names{"two"});
}

TEST_CASE_METHOD(versions_fixture, "versions are those of a path and an owner") {
  ingest_at("/a", "one");
  ingest::document other;
  other.id = "of ann";
  other.owner = "ann";
  other.source_path = "/a";
  write(effects::register_document{other});
  write(effects::link_path{{"ann", "/a"}, "of ann"});
  cut("of ann", {"x"});
  embed("of ann");
  CHECK(searchable() == names{"of ann", "one"});
}

TEST_CASE_METHOD(versions_fixture, "chunks that did not change keep their vectors") {
  read("/a", "one");
  cut("one", {"same", "old", "same too"});
  embed("one");
  read("/a", "two");
  cut("two", {"new", "same", "same too"});
  const auto reuse = effects::reuse_embeddings{"two", "e@1"};
  write(reuse);
  write(reuse);
  const auto missing = documents.chunks_to_embed("two", "e@1", 100);
  REQUIRE(missing.size() == 1);
  CHECK(missing[0].text == "new");
  CHECK(documents.buffered_embeddings("two", "e@2").empty());
  embed("two");
  CHECK(documents.count_embedded("two", "e@1") == 3);
}

TEST_CASE_METHOD(versions_fixture, "each effect on versions leaves the same when written again") {
  ingest_at("/a", "one");
  ingest_at("/a", "two");
  write(effects::link_path{{"me", "/a"}, "two"});
  write(effects::mark_embedded{"two"});
  CHECK(searchable() == names{"two"});
  CHECK(ask("select max(version) from document_paths") == 2);
}

TEST_CASE_METHOD(versions_fixture, "a deleted document is gone but for an event of its job") {
  const auto job = working();
  read("/a", "one", job.id);
  CHECK(ingest::delete_document(on, "one", "ann", now).busy_job == job.id);
  CHECK(documents.find("one"));
  settle(job, pipeline::finish{});
  cut("one", {"x", "y"});
  embed("one");
  const auto gone = ingest::delete_document(on, "one", "ann", now);
  CHECK(gone.documents == names{"one"});
  CHECK(gone.blobs == names{"storage://raw/me/one"});
  CHECK_FALSE(documents.find("one"));
  CHECK(searchable().empty());
  for (const auto* table : {"documents", "document_paths", "chunks", "chunk_entries",
                            "chunk_buffer", "embedding_buffer"})
    CHECK(ask(fmt::format("select count(*) from {}", table)) == 0);
  CHECK(history(job.id).back() == "control DOCUMENT_DELETED");
  CHECK(ingest::delete_document(on, "one", "ann", now).documents.empty());
}

TEST_CASE_METHOD(versions_fixture, "a deleted path takes the documents that no other path has") {
  ingest_at("/a", "one");
  ingest_at("/a", "two");
  read("/b", "one");
  ingest_at("/b", "one");
  CHECK(searchable() == names{"one", "two"});
  const auto gone = ingest::delete_path(on, "me", "/a", "ann", now);
  CHECK(gone.documents == names{"two"});
  CHECK(searchable() == names{"one"});
  CHECK(documents.find("one")->source_path == "/b");
  CHECK(ingest::delete_path(on, "ann", "/b", "ann", now).documents.empty());
  CHECK(searchable() == names{"one"});
}

TEST_CASE_METHOD(versions_fixture, "a path of a document that is at work stays, and all of it") {
  ingest_at("/a", "one");
  const auto job = working();
  read("/a", "two", job.id);
  CHECK(ingest::delete_path(on, "me", "/a", "ann", now).busy_job == job.id);
  CHECK(searchable() == names{"one"});
  CHECK(ingest::list_versions(on, "two").size() == 2);
}

}  // namespace
}  // namespace millrace::storage::testing
