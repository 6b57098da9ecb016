#include "storage/db/sql_text.hpp"
#include "storage/history/job_json.hpp"
#include "storage/retention/job_archive.hpp"
#include "tests/conformance/children/family_fixture.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

// Payloads and outputs are the text that came in, wherever they come out.
namespace millrace::storage::testing {
namespace {

/// What a parser that prints again would change: digits, spelling, order, doubles, blanks, escapes.
const std::string value =
    R"({"wei": 123456789012345678901234567890, "price":1.10 , "e": 1e2, "zero": -0.0,)"
    R"(  "b": [ 1,2 ], "a": 1, "a": 2, "text": "\u00e9\/ \"q\""})";

using pipeline::unique_conflict;

void submit_unique(store_fixture& with, const std::string& payload, unique_conflict conflict) {
  with.store.submitter.submit(
      std::vector<new_job>{
          {.payload = payload,
           .unique = unique_key{"k", pipeline::unique_scope::unfinished, conflict}}},
      with.now);
}

TEST_CASE_METHOD(store_fixture, "a payload stays the text that came in") {
  const auto ids = store.submitter.enqueue(
      std::vector<new_job>{{.payload = value}, {.payload = value, .tenant = "acme"}}, now);
  for (const auto id : ids)
    CHECK(find(id).payload == value);
  for (const auto& job : claim())
    CHECK(job.payload == value);
}

TEST_CASE_METHOD(store_fixture,
                 "a payload that takes another's place stays the text that came in") {
  submit_unique(*this, "1", unique_conflict::keep);
  submit_unique(*this, value, unique_conflict::replace);
  const auto jobs = claim();
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].payload == value);
}

TEST_CASE_METHOD(store_fixture, "an output stays the text that came in") {
  const auto job = working();
  settle(job, pipeline::advance{{pipeline::effects::write_output{value}}, {}});
  CHECK(find(job.id).output == value);
  CHECK(claim().at(0).output == value);
}

TEST_CASE_METHOD(family_fixture, "children and their parent are handed the texts that came in") {
  const auto id = books.submitter.enqueue(std::vector<new_job>{{}}, now).front();
  end(take_one(id), pipeline::advance_with_children({{.pipeline = "page", .payload = value}}));
  for (const auto& one : take())
    if (one.id == id) {
      pass_join(one);
    } else {
      CHECK(one.payload == value);
      end(one, pipeline::advance{{pipeline::effects::write_output{value}}, {}});
    }
  tend();
  const auto parent = take_one(id);
  REQUIRE(parent.children);
  CHECK(parent.children->children.at(0).output == value);
}

TEST_CASE_METHOD(store_fixture, "a job's document has its texts as they came") {
  const auto id = store.submitter.enqueue(std::vector<new_job>{{.payload = value}}, now).front();
  settle(claim().at(0), pipeline::advance{{pipeline::effects::write_output{"[1.10,\n 2]"}}, {}});
  const auto document = describe(find(id), list_events(on, {.job = id}));
  CHECK_THAT(in_one_line(document),
             Catch::Contains(R"("payload":)" + value + R"(,"output":[1.10,  2],"events":[{)"));
  CHECK_THAT(in_lines(document),
             Catch::Contains("\n  \"payload\": " + value + ",\n  \"output\": [1.10,\n 2],\n"));
  CHECK(nlohmann::json::parse(in_lines(document)) == nlohmann::json::parse(in_one_line(document)));
}

TEST_CASE_METHOD(store_fixture, "the archive has the texts that came in") {
  const tests::temp_dir dir;
  const auto id = store.submitter.enqueue(std::vector<new_job>{{.payload = value}}, now).front();
  settle(claim().at(0), pipeline::finish{{}, {}, {pipeline::effects::write_output{value}}});
  job_archive archive{dir.path()};
  archive.add(on, {{id, find(id).epoch}}, now);
  std::string kept;
  for (const auto& one : std::filesystem::directory_iterator{dir.path()}) {
    std::ifstream file{one.path()};
    kept.append(std::istreambuf_iterator<char>{file}, {});
  }
  CHECK_THAT(kept, Catch::Contains(R"("payload":)" + value + R"(,"output":)" + value + ","));
}

TEST_CASE("payloads and outputs of an older schema are there after the upgrade") {
  const tests::test_database database;
  connection on{database.settings()};
  {
    transaction tx{on};
    on.make_schema();
    for (const auto& one : embedded_migrations())
      if (one.dialect == to_string(on.dialect()) && one.name < "0009") {
        on.run_script(one.text);
        on.prepared<>("record_migration")
            .with("version", one.name[3] - '0')
            .with("name", one.name)
            .with("works_with", one.works_with)
            .with("now", 1)
            .run();
      }
    tx.commit();
  }
  on.session() << "insert into jobs (pipeline, stage, run_at, created_at, updated_at)"
                  " values ('trio', 'one', 0, 0, 0)";
  on.session() << "insert into job_details (job_id, payload, output, at)"
                  " values (1, '{\"a\": 1}', '[1, 2]', 0)";
  migrate(on, start);
  const auto job = find_job(on, 1);
  REQUIRE(job);
  CHECK(job->payload == R"({"a": 1})");
  CHECK(job->output == "[1, 2]");
}

}  // namespace
}  // namespace millrace::storage::testing
