#include "storage/db/database.hpp"
#include "tests/app/sandbox.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string>

// Files for jobs that `millrace submit` did not make.
namespace {

using namespace millrace;
using nlohmann::json;

struct submitter {
  tests::sandbox in;
  std::string database = "sqlite:" + (in.folder() / ".local/share/millrace/millrace.db").string();

  /// As a role that may only insert.
  void insert(const std::string& payload) const {
    storage::connection on{{database}};
    on.session() << "insert into jobs (pipeline, stage, run_at, created_at, updated_at)"
                    " values ('ingest', 'queued', 1, 1, 1)";
    on.session() << "insert into job_details (job_id, payload, at)"
                    " values (last_insert_rowid(), :payload, 1)",
        soci::use(payload);
  }

  void run(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"run", "--until-idle"};
    words.insert(words.end(), more.begin(), more.end());
    const auto ended = in.millrace(words);
    INFO(ended.err);
    CHECK(ended.code == 0);
  }

  json job(int id) const { return millrace::tests::job_document(in, id); }
};

TEST_CASE_METHOD(submitter,
                 "a file that was not submitted is read only below ingest.allowed_paths") {
  const auto mine = in.write("mine.md", "# Mine\nthe water wheel turns\n");
  const auto secret = in.write("private/secret.md", "# Secret\nthe password is swordfish\n");
  const auto shared = in.write("inbox/shared.md", "# Shared\nthe mill pond is full\n");
  REQUIRE(in.millrace({"submit", mine}).code == 0);
  insert(json{{"path", secret}}.dump());
  insert(json{{"path", shared}}.dump());
  run({"--ingest.allowed_paths", (in.folder() / "inbox").string()});
  CHECK(job(1)["state"] == "done");
  CHECK(job(2)["state"] == "deadletter");
  CHECK(job(2)["code"] == "FILE_NOT_ALLOWED");
  CHECK(job(3)["state"] == "done");
  const auto found = in.millrace({"search", "password swordfish", "--json"});
  CHECK(found.out.find("swordfish") == std::string::npos);
  CHECK_THAT(in.millrace({"explain", "2"}).out, Catch::Contains("ingest.allowed_paths"));
}

TEST_CASE_METHOD(submitter, "the seal of a submitted file is good for that file only") {
  const auto mine = in.write("mine.md", "# Mine\n");
  const auto secret = in.write("private/secret.md", "# Secret\n");
  REQUIRE(in.millrace({"submit", mine}).code == 0);
  auto payload = job(1)["payload"];
  REQUIRE(payload.contains("seal"));
  payload["path"] = secret;
  insert(payload.dump());
  payload.erase("sha256");
  insert(payload.dump());
  run();
  CHECK(job(1)["state"] == "done");
  for (const int id : {2, 3})
    CHECK(job(id)["code"] == "FILE_NOT_ALLOWED");
  // A runtime with another folder of blobs has another key.
  const auto other = in.write("other.md", "# Other\n");
  REQUIRE(in.millrace({"submit", other, "--storage.blob_dir", (in.folder() / "b").string()}).code ==
          0);
  run();
  CHECK(job(4)["code"] == "FILE_NOT_ALLOWED");
}

}  // namespace
