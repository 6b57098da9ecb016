#include "ingest/chunk/stages.hpp"

#include "base/digest.hpp"
#include "ingest/effects.hpp"
#include "ingest/embed/hashing_embedder.hpp"
#include "ingest/embed/stages.hpp"
#include "pipeline/codes.hpp"
#include "tests/support/memory_documents.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <limits>
#include <map>
#include <memory>

using namespace millrace;
using namespace millrace::pipeline;
using namespace millrace::ingest;

namespace {

constexpr auto document_id_of_test = "5a0c9b1e-0000-5000-8000-000000000001";

std::string text_of(int sections) {
  std::string text;
  for (int i = 0; i < sections; ++i)
    text += "# Section " + std::to_string(i) + "\n\n" + std::string(60, 'a') + " " +
            std::string(60, 'b') + "\n\n";
  return text;
}

/// An embedder whose answer the test chooses, and which counts what it was asked for.
class scripted_embedder final : public embedder {
 public:
  std::string name() const override { return "scripted@1"; }
  std::size_t dimension() const override { return 2; }
  embed_result embed(std::span<const std::string_view> texts,
                     const context& /*at*/) const override {
    embedded += texts.size();
    calls.push_back(texts.size());
    return answer(texts.size());
  }

  static ingest::embedded vectors(std::size_t count, std::size_t dimension = 2) {
    return {std::vector<ingest::vector>(count, ingest::vector(dimension, 0.5F))};
  }

  mutable std::size_t embedded = 0;
  mutable std::vector<std::size_t> calls;
  std::function<embed_result(std::size_t)> answer = [](std::size_t count) {
    return vectors(count);
  };
};

std::string code_of(const outcome& answer) {
  if (const auto* refused = std::get_if<reject>(&answer))
    return "reject " + refused->code;
  if (const auto* failed = std::get_if<retry>(&answer))
    return "retry " + failed->code;
  return std::holds_alternative<advance>(answer) ? "advance" : "other";
}

/// A document that is parsed, and a job at work on it.
struct ingestion {
  millrace::tests::memory_documents store;
  service_directory services;
  std::shared_ptr<scripted_embedder> embedder = std::make_shared<scripted_embedder>();
  chunker splitter{chunk_settings{.target_size = 150, .max_size = 300, .overlap = 20}};
  embed_settings embedding{.micro_batch = 4};
  job work;

  explicit ingestion(const std::string& text = text_of(10)) {
    document d;
    d.id = document_id_of_test;
    d.parsed_uri = "storage://parsed/o/d.md";
    d.text_sha256 = sha256_hex(text);
    d.status = document_status::parsed;
    store.records[d.id].document = d;
    store.put(d.parsed_uri, text);
    services.use_embedder(embedder);
    work.output = R"({"document_id":")" + d.id + R"("})";
  }

  auto& record() { return store.records.at(document_id_of_test); }

  outcome check() { return check_text(work, store, store); }
  outcome split() { return chunk_document(work, {}, store, store, splitter); }
  outcome commit() { return commit_chunks(work, store, store); }
  outcome prepare() { return prepare_embedding(work, store, services); }
  outcome embed() { return embed_chunks(work, {}, store, services, embedding); }
  outcome commit_vectors() { return commit_embeddings(work, store, services); }
  outcome finish() { return finish_document(work, store); }

  /// Writes what a stage answered, as the runtime does; false when the same stage is to go on.
  bool settle(const outcome& answer) {
    if (const auto* part = std::get_if<proceed>(&answer)) {
      store.write(part->effects);
      return false;
    }
    INFO(code_of(answer));
    REQUIRE(std::holds_alternative<advance>(answer));
    store.write(std::get<advance>(answer).effects);
    return true;
  }

  void run_to_chunks() {
    settle(check());
    settle(split());
    settle(commit());
  }

  void embed_all() {
    while (!settle(embed())) {
    }
  }
};

}  // namespace

TEST_CASE("the stages carry a document from its text to the search") {
  ingestion run;
  run.run_to_chunks();
  CHECK(run.record().document.status == document_status::chunked);
  CHECK(run.record().document.chunk_count == 10);
  CHECK(run.record().buffered_chunks.empty());
  CHECK(std::get<advance>(run.prepare()).to.empty());
  run.embed_all();
  run.settle(run.commit_vectors());
  run.settle(run.finish());
  CHECK(run.record().document.status == document_status::embedded);
  CHECK(run.record().document.embedder == "scripted@1");
  CHECK(run.record().vectors.size() == 10);
  CHECK(run.record().buffered_vectors.empty());
}

TEST_CASE("every stage rejects a job whose document is not known") {
  ingestion run;
  using stage = outcome (ingestion::*)();
  for (stage s : {&ingestion::check, &ingestion::split, &ingestion::commit, &ingestion::prepare,
                  &ingestion::commit_vectors, &ingestion::finish}) {
    run.work.output = "";
    CHECK(code_of((run.*s)()) == "reject PAYLOAD_INVALID");
    run.work.output = R"({"document_id":7})";
    CHECK(code_of((run.*s)()) == "reject PAYLOAD_INVALID");
    run.work.output = R"({"document_id":"another"})";
    CHECK(code_of((run.*s)()) == "reject DOCUMENT_MISSING");
  }
  run.work.output = "[";
  CHECK(code_of(run.embed()) == "reject PAYLOAD_INVALID");
}

TEST_CASE("a text that is gone is rejected at every stage that reads it") {
  ingestion run;
  run.settle(run.split());
  run.store.files.clear();
  CHECK(code_of(run.check()) == "reject BLOB_MISSING");
  CHECK(code_of(run.split()) == "reject BLOB_MISSING");
  CHECK(code_of(run.commit()) == "reject BLOB_MISSING");
}

TEST_CASE("a text that is not the one that was normalised is not chunked") {
  ingestion run;
  run.store.put(run.record().document.parsed_uri, "another text");
  CHECK(code_of(run.check()) == "retry CHUNK_MISMATCH");
}

TEST_CASE("a text of white space has no chunks and is rejected") {
  CHECK(code_of(ingestion{"\n  \n\t\n"}.split()) == "reject CHUNK_EMPTY");
  CHECK(code_of(ingestion{""}.split()) == "reject CHUNK_EMPTY");
}

TEST_CASE("splitting again buffers the same chunks and none twice") {
  ingestion run;
  run.settle(run.split());
  const auto first = run.record().buffered_chunks;
  run.settle(run.split());
  REQUIRE(run.record().buffered_chunks.size() == first.size());
  for (std::size_t i = 0; i < first.size(); ++i)
    CHECK(run.record().buffered_chunks[i].id == first[i].id);
}

TEST_CASE("buffered chunks that do not make up the text are not committed") {
  using damage = std::function<void(std::vector<chunk>&, ingestion&)>;
  const std::map<std::string, damage> damages{
      {"none is there", [](auto& chunks, auto&) { chunks.clear(); }},
      {"the first is missing", [](auto& chunks, auto&) { chunks.erase(chunks.begin()); }},
      {"one in the middle is missing",
       [](auto& chunks, auto&) { chunks.erase(chunks.begin() + 4); }},
      {"the last is missing", [](auto& chunks, auto&) { chunks.pop_back(); }},
      {"one is there twice", [](auto& chunks, auto&) { chunks.push_back(chunks.back()); }},
      {"two are exchanged", [](auto& chunks, auto&) { std::swap(chunks[2], chunks[3]); }},
      {"a text is changed", [](auto& chunks, auto&) { chunks[5].text[0] = '?'; }},
      {"a digest is changed", [](auto& chunks, auto&) { chunks[5].sha256[0] = '?'; }},
      {"an id is another one", [](auto& chunks, auto&) { chunks[5].id = chunks[4].id; }},
      {"a range is outside", [](auto& chunks, auto&) { chunks.back().byte_end += 1000; }},
      {"a range is negative", [](auto& chunks, auto&) { chunks.front().byte_begin = -1; }},
      {"a range is empty", [](auto& chunks, auto&) { chunks[1].byte_begin = chunks[1].byte_end; }},
      {"a chunk ends too early",
       [](auto& chunks, auto&) {
         auto& c = chunks[3];
         c.byte_end -= 5;
         c.text.resize(c.text.size() - 5);
         c.sha256 = sha256_hex(c.text);
       }},
      {"the text has changed", [](auto&, auto& run) { run.store.files.begin()->second[20] = '?'; }},
      {"the text has grown", [](auto&, auto& run) { run.store.files.begin()->second += "more"; }},
  };
  for (const auto& [what, damage_it] : damages) {
    INFO(what);
    ingestion run;
    run.settle(run.split());
    CHECK(code_of(run.commit()) == "advance");
    damage_it(run.record().buffered_chunks, run);
    CHECK(code_of(run.commit()) == "reject CHUNK_MISMATCH");
  }
}

TEST_CASE("a document that has all vectors of the embedder goes straight to the end") {
  ingestion run;
  run.run_to_chunks();
  run.embed_all();
  run.settle(run.commit_vectors());
  CHECK(std::get<advance>(run.prepare()).to == "embedded");
  SECTION("but not when the embedder is another one now") {
    run.services.use_embedder(std::make_shared<hashing_embedder>());
    CHECK(std::get<advance>(run.prepare()).to.empty());
  }
  SECTION("but not when its chunks were made again") {
    run.run_to_chunks();
    CHECK(std::get<advance>(run.prepare()).to.empty());
  }
}

TEST_CASE("embedding goes on in micro-batches until nothing is left") {
  ingestion run;
  run.run_to_chunks();
  CHECK_FALSE(run.settle(run.embed()));
  CHECK_FALSE(run.settle(run.embed()));
  CHECK(run.settle(run.embed()));
  CHECK(run.embedder->calls == std::vector<std::size_t>{4, 4, 2});
}

TEST_CASE("embedding ends when the last micro-batch was a full one") {
  ingestion run{text_of(8)};
  run.run_to_chunks();
  run.embed_all();
  CHECK(run.embedder->calls == std::vector<std::size_t>{4, 4});
  CHECK(run.settle(run.commit_vectors()));
}

TEST_CASE("a micro-batch has at most 256 chunks and at least one") {
  ingestion run{text_of(300)};
  run.run_to_chunks();
  run.embedding.micro_batch = 100'000;
  run.settle(run.embed());
  CHECK(run.embedder->calls.front() == 256);
  run.embedding.micro_batch = 0;
  run.settle(run.embed());
  CHECK(run.embedder->calls.back() == 1);
}

TEST_CASE("a crash between micro-batches repeats at most one") {
  for (int crash_after = 0; crash_after < 3; ++crash_after) {
    INFO("the answer of micro-batch " << crash_after << " is lost");
    ingestion run;
    run.run_to_chunks();
    for (int i = 0; i < crash_after; ++i)
      run.settle(run.embed());
    run.embed();  // its answer is never written
    run.embed_all();
    CHECK(run.settle(run.commit_vectors()));
    CHECK(run.embedder->embedded <= 10U + 4U);
    CHECK(run.record().vectors.size() == 10);
  }
}

TEST_CASE("vectors that are not what the embedder promises are rejected") {
  ingestion run;
  run.run_to_chunks();
  run.embedder->answer = [](std::size_t count) { return scripted_embedder::vectors(count, 3); };
  CHECK(code_of(run.embed()) == "reject EMBED_MISMATCH");
  run.embedder->answer = [](std::size_t count) { return scripted_embedder::vectors(count - 1); };
  CHECK(code_of(run.embed()) == "reject EMBED_MISMATCH");
  for (float odd :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    run.embedder->answer = [odd](std::size_t count) {
      auto made = scripted_embedder::vectors(count);
      made.vectors.back().back() = odd;
      return made;
    };
    CHECK(code_of(run.embed()) == "reject EMBED_MISMATCH");
  }
  CHECK(run.record().buffered_vectors["scripted@1"].empty());
}

TEST_CASE("what the embedder refuses is passed on") {
  ingestion run;
  run.run_to_chunks();
  run.embedder->answer = [](std::size_t) { return retry{"BUSY", "later", {}}; };
  CHECK(code_of(run.embed()) == "retry BUSY");
  run.embedder->answer = [](std::size_t) { return reject{"NEVER", "no"}; };
  CHECK(code_of(run.embed()) == "reject NEVER");
  run.embedder->answer = [](std::size_t) { return snooze{from_us(7), "the service is out"}; };
  CHECK(std::get<snooze>(run.embed()).until == from_us(7));
}

TEST_CASE("the tokens that a service counted add up in the job's output") {
  ingestion run;
  run.run_to_chunks();
  run.embedder->answer = [](std::size_t count) {
    auto made = scripted_embedder::vectors(count);
    made.tokens = static_cast<std::int64_t>(count) * 100;
    return made;
  };
  for (bool done = false; !done;) {
    const auto answer = run.embed();
    const auto& effects = std::holds_alternative<advance>(answer)
                              ? std::get<advance>(answer).effects
                              : std::get<proceed>(answer).effects;
    run.work.output = std::get<ingest::effects::write_output>(effects.at(1)).json;
    done = run.settle(answer);
  }
  CHECK_THAT(run.work.output, Catch::Contains("\"embedding_tokens\":1000"));
  CHECK_THAT(run.work.output, Catch::Contains(document_id_of_test));
}

TEST_CASE("without an embedder a document waits and is not charged") {
  ingestion run;
  run.run_to_chunks();
  run.services.use_embedder(nullptr);
  CHECK(std::get<advance>(run.prepare()).to.empty());
  const context at{.now = time_point{std::chrono::seconds{100}}, .stop = {}};
  const auto answer = embed_chunks(run.work, at, run.store, run.services, run.embedding);
  CHECK(std::get<snooze>(answer).until > at.now);
  CHECK(code_of(run.commit_vectors()) == "retry EMBED_MISMATCH");
}

TEST_CASE("buffered vectors that do not fit the chunks are not committed") {
  ingestion run;
  run.run_to_chunks();
  run.embed_all();
  CHECK(code_of(run.commit_vectors()) == "advance");
  auto& vectors = run.record().buffered_vectors["scripted@1"];
  SECTION("one is missing") { vectors.erase(3); }
  SECTION("one has another position") {
    vectors[99] = vectors[3];
    vectors.erase(3);
  }
  SECTION("one is too many") { vectors[10] = vectors[3]; }
  SECTION("one has a wrong dimension") { vectors[3].push_back(0); }
  CHECK(code_of(run.commit_vectors()) == "reject EMBED_MISMATCH");
}

TEST_CASE("a document is not finished before each of its chunks has a vector") {
  ingestion run;
  CHECK(code_of(run.finish()) == "reject EMBED_MISMATCH");
  run.run_to_chunks();
  run.embed_all();
  CHECK(code_of(run.finish()) == "reject EMBED_MISMATCH");
  run.settle(run.commit_vectors());
  CHECK(code_of(run.finish()) == "advance");
  run.record().vectors.erase(2);
  CHECK(code_of(run.finish()) == "reject EMBED_MISMATCH");
}

TEST_CASE("a stage that is no longer wanted does not begin to split") {
  ingestion run;
  std::stop_source source;
  source.request_stop();
  const auto answer = chunk_document(run.work, {.now = {}, .stop = source.get_token()}, run.store,
                                     run.store, run.splitter);
  CHECK(code_of(answer) == "retry CANCELLED");
}
