#include "ingest/intake.hpp"

#include "base/digest.hpp"
#include "ingest/document_of.hpp"
#include "ingest/effects.hpp"
#include "ingest/ids.hpp"
#include "ingest/upload.hpp"
#include "tests/ingest/fakes.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <map>

using namespace millrace;
using namespace millrace::pipeline;
using namespace millrace::ingest;
using namespace millrace::ingest::fakes;

namespace {

outcome take_in_file(const upload& what, blobs& store, intake_settings settings = {},
                     const std::map<std::int64_t, job_fate>& others = {},
                     const std::vector<document>& there = {}) {
  settings.allowed_paths = {"/"};
  known_documents known;
  for (const auto& one : there)
    known.rows[one.id] = one;
  known.fates = others;
  job j;
  j.id = 7;
  j.payload = to_json(what);
  return take_in(j, {}, settings, nullptr, known, store);
}

}  // namespace

TEST_CASE("take_in copies the file and makes its document known") {
  const tests::temp_dir folder;
  folder_blobs store;
  const auto path = folder.write("notes.md", "# Notes\n");
  const auto done = take_in_file({path, "ann"}, store);

  const auto doc = effect_of<ingest::effects::register_document>(done).document;
  CHECK(doc.id == document_id("ann", sha256_hex("# Notes\n")));
  CHECK(doc.owner == "ann");
  CHECK(doc.job_id == 7);
  CHECK(doc.name == "notes.md");
  CHECK(doc.source_path == path);
  CHECK(doc.media_type == "text/markdown");
  CHECK(doc.size_bytes == 8);
  CHECK(doc.file_sha256 == sha256_hex("# Notes\n"));
  CHECK(doc.raw_uri == "storage://raw/ann/" + doc.id + ".md");
  CHECK(store.get(doc.raw_uri) == "# Notes\n");
  CHECK(std::get<advance>(done).to.empty());

  job next;
  next.output = effect_of<ingest::effects::write_output>(done).json;
  CHECK(std::get<std::string>(document_of(next)) == doc.id);
}

TEST_CASE("a job whose bytes were submitted before waits for the first job's end") {
  const tests::temp_dir folder;
  folder_blobs store;
  upload again{folder.write("notes.md", "# Notes\n")};
  again.sha256 = sha256_hex("# Notes\n");
  again.first_job = 3;
  document before;
  before.id = document_id(again.owner, again.sha256);
  const auto take_in_after = [&](job_fate first) {
    return take_in_file(again, store, {}, {{3, first}}, {before});
  };
  CHECK(std::get<snooze>(take_in_after(job_fate::unfinished)).until ==
        time_point{} + std::chrono::milliseconds{100});
  CHECK(code_of(take_in_after(job_fate::done)) == "UPLOAD_DEDUP_HIT");
  CHECK(store.puts == 0);
  CHECK(std::holds_alternative<advance>(take_in_after(job_fate::failed)));

  folder.write("notes.md", "# Other notes\n");
  CHECK(code_of(take_in_after(job_fate::done)) == "FILE_CHANGED");
}

TEST_CASE("a job whose bytes were submitted before takes them in where their document is gone") {
  const tests::temp_dir folder;
  folder_blobs store;
  upload again{folder.write("notes.md", "# Notes\n")};
  again.sha256 = sha256_hex("# Notes\n");
  again.first_job = 3;
  const auto take_in_beside = [&](const std::vector<document>& there) {
    return take_in_file(again, store, {}, {{3, job_fate::done}}, there);
  };
  CHECK(std::holds_alternative<advance>(take_in_beside({})));
  document before;
  before.id = document_id(again.owner, again.sha256);
  before.status = document_status::replaced;
  CHECK(std::holds_alternative<advance>(take_in_beside({before})));
  before.status = document_status::embedded;
  CHECK(code_of(take_in_beside({before})) == "UPLOAD_DEDUP_HIT");
}

TEST_CASE("a file that is gone or changed is no failure where its source looks again") {
  const tests::temp_dir folder;
  folder_blobs store;
  upload found{folder.write("notes.md", "# Notes\n")};
  found.sha256 = sha256_hex("# Other notes\n");
  found.source = "notes";
  const auto changed = take_in_file(found, store);
  CHECK(std::holds_alternative<finish>(changed));
  CHECK(code_of(changed) == "FILE_CHANGED");
  found.path += ".gone";
  CHECK(code_of(take_in_file(found, store)) == "FILE_MISSING");
  CHECK(std::holds_alternative<finish>(take_in_file(found, store)));
  found.source.clear();
  CHECK(std::holds_alternative<reject>(take_in_file(found, store)));
}

TEST_CASE("take_in rejects a payload that it cannot read") {
  folder_blobs store;
  job j;
  j.payload = "{}";
  known_documents known;
  CHECK(code_of(take_in(j, {}, {}, nullptr, known, store)) == "PAYLOAD_INVALID");
}

TEST_CASE("take_in rejects files that cannot be taken in, and stores nothing") {
  const tests::temp_dir folder;
  folder_blobs store;
  intake_settings settings;
  settings.max_file_size = 100;
  const auto code = [&](const std::string& path) {
    return code_of(take_in_file({path}, store, settings));
  };
  CHECK(code((folder.path() / "none").string()) == "FILE_MISSING");
  CHECK(code(folder.path().string()) == "FILE_NOT_REGULAR");
  CHECK(code(folder.write("empty", "")) == "FILE_EMPTY");
  CHECK(code(folder.write("large", std::string(101, 'a'))) == "FILE_TOO_LARGE");
  CHECK(code(folder.write("a\nb.txt", "a")) == "FILE_NAME_INVALID");
  CHECK(code(folder.write("a.txt", tests::png())) == "FILE_TYPE_UNSUPPORTED");
  CHECK(code(folder.write("nul.txt", std::string("text\0text", 9))) == "FILE_TYPE_UNSUPPORTED");
  CHECK(store.puts == 0);
}

TEST_CASE("take_in rejects a file that changed since it was submitted") {
  const tests::temp_dir folder;
  folder_blobs store;
  const auto path = folder.write("a.txt", "before");
  const upload submitted{path, "default", sha256_hex("before"), ""};
  CHECK(code_of(take_in_file(submitted, store)).empty());
  folder.write("a.txt", "after");
  CHECK(code_of(take_in_file(submitted, store)) == "FILE_CHANGED");
}

TEST_CASE("take_in rejects a file that vanished since it was submitted") {
  const tests::temp_dir folder;
  folder_blobs store;
  const auto path = folder.write("a.txt", "text");
  std::filesystem::remove(path);
  CHECK(code_of(take_in_file({path, "default", sha256_hex("text"), ""}, store)) == "FILE_MISSING");
}

TEST_CASE("bytes that came over HTTP are taken from the blobs, for jobs with a seal only") {
  folder_blobs store;
  const file_seal seal{[] { return std::string{"key"}; }};
  upload what;
  what.owner = "ann";
  what.sha256 = sha256_hex("# Notes");
  what.document_id = document_id("ann", what.sha256);
  what.blob = raw_uri("ann", what.document_id, "text/markdown");
  what.name = "notes.md";
  known_documents known;
  intake_settings settings;
  settings.allowed_paths = {"/"};
  const auto take = [&](const upload& one) {
    job j;
    j.payload = to_json(one);
    return take_in(j, {}, settings, &seal, known, store);
  };
  CHECK(code_of(take(what)) == "FILE_NOT_ALLOWED");
  what.seal = seal.of(what);
  CHECK(code_of(take(what)) == "FILE_MISSING");
  store.put(what.blob, "other");
  CHECK(code_of(take(what)) == "FILE_CHANGED");
  store.put(what.blob, "# Notes");
  const auto puts = store.puts;
  const auto doc = effect_of<ingest::effects::register_document>(take(what)).document;
  CHECK(store.puts == puts);
  CHECK(doc.id == what.document_id);
  CHECK(doc.raw_uri == what.blob);
  CHECK(doc.name == "notes.md");
  CHECK(doc.source_path == "notes.md");
  CHECK(doc.media_type == "text/markdown");

  for (const auto member : {&upload::blob, &upload::name, &upload::owner, &upload::sha256}) {
    auto other = what;
    other.*member = member == &upload::sha256 ? std::string(64, '0') : "other";
    CHECK(code_of(take(other)) == "FILE_NOT_ALLOWED");
  }
  for (const char* wrong : {R"({"blob": "storage://raw/a/b.md"})",
                            R"({"blob": "storage://raw/a/b.md", "name": "b", "path": "/b"})"})
    CHECK(std::get<reject>(parse_upload(wrong)).code == "PAYLOAD_INVALID");
}

TEST_CASE("document_of rejects a job whose first stage has not run") {
  job j;
  for (const char* output :
       {"", "null", "[]", "{}", R"({"document_id":1})", R"({"document_id":""})", "broken"}) {
    CAPTURE(output);
    j.output = output;
    CHECK(code_of(document_of(j)) == "PAYLOAD_INVALID");
  }
}
