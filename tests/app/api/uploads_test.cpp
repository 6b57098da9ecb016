#include "ingest/upload.hpp"
#include "tests/app/api/api_server.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

namespace millrace::tests {
namespace {

using files = std::vector<std::pair<std::string, std::string>>;

api_request upload_of(const files& all, const std::string& query = {}) {
  api_request asked{.method = "POST", .target = "/v1/documents" + query};
  asked.type = "multipart/form-data; boundary=b";
  for (const auto& [name, bytes] : all)
    asked.body += fmt::format(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\r\n{}\r\n", name,
        bytes);
  asked.body += "--b--\r\n";
  return asked;
}

ingest::upload payload_of(api_server& at, std::int64_t job) {
  const auto shown = at.get(fmt::format("/v1/jobs/{}", job)).json();
  return std::get<ingest::upload>(ingest::parse_upload(shown["payload"].dump()));
}

}  // namespace

TEST_CASE("files are uploaded with a job each, and the same bytes have one job until it ends") {
  api_server at;
  const auto made = at.ask(upload_of({{"a.md", "# A"}, {"naïve b.txt", "text"}, {"c.md", "# A"}},
                                     "?owner=ann&priority=3"));
  REQUIRE(made.status == 201);
  const auto jobs = made.json()["jobs"];
  REQUIRE(jobs.size() == 3);
  CHECK(jobs[1]["path"] == "naïve b.txt");
  CHECK(jobs[0]["document_id"] == jobs[2]["document_id"]);
  CHECK(jobs[2]["code"] == "UPLOAD_DEDUP_HIT");
  const auto first = payload_of(at, jobs[0]["job_id"].get<std::int64_t>());
  CHECK(first.owner == "ann");
  CHECK(first.name == "a.md");
  CHECK(first.document_id == jobs[0]["document_id"]);
  CHECK(first.blob == fmt::format("storage://raw/ann/{}.md", first.document_id));
  CHECK_FALSE(first.seal.empty());
  CHECK(jobs[2]["job_id"] == jobs[0]["job_id"]);
  CHECK_THAT(jobs[2]["message"].get<std::string>(), Catch::Contains("with job 1"));
  const auto again = at.ask(upload_of({{"d.md", "# A"}}, "?owner=ann")).json()["jobs"][0];
  CHECK(again["job_id"] == jobs[0]["job_id"]);
  CHECK(again["code"] == "UPLOAD_DEDUP_HIT");
  CHECK(at.ask(upload_of({{"a.md", "# A"}}, "?owner=bob")).json()["jobs"][0]["code"] == "");
  CHECK(at.count("select count(*) from jobs") == 3);
  CHECK(at.get("/v1/jobs/1").json()["priority"] == 3);
}

TEST_CASE("of an upload with a file that cannot be taken in nothing is submitted") {
  api_server at;
  const auto refused = [&](const files& all) {
    const auto answer = at.ask(upload_of(all));
    CHECK(answer.status == 422);
    return answer.code();
  };
  CHECK(refused({{"a.txt", "text"}, {"b.txt", ""}}) == "FILE_EMPTY");
  CHECK(refused({{"a.txt", "text"},
                 {"b", std::string{"\x7F"
                                   "ELF\0\1\2\3",
                                   8}}}) == "FILE_TYPE_UNSUPPORTED");
  CHECK(refused({{std::string(300, 'n'), "text"}}) == "FILE_NAME_INVALID");
  CHECK(refused({{"a%0Ab", "text"}}) == "FILE_NAME_INVALID");
  CHECK(refused({{"\xFF", "text"}}) == "FILE_NAME_INVALID");
  for (const auto* body :
       {"--b--", "--b\r\nContent-Disposition: form-data; name=note\r\n\r\nx\r\n--b--",
        "--b\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\ncut off",
        "--b\r\nContent-Disposition: form-data; name=file; filename=\"\"\r\n\r\n\r\n--b--"}) {
    auto asked = upload_of({});
    asked.body = body;
    const auto answer = at.ask(asked);
    CHECK(answer.status == 400);
    CHECK(answer.code() == "FORM_INVALID");
  }
  CHECK(at.ask(upload_of({{"a", "a"}}, "?owner=Ann")).code() == "PARAMETER_INVALID");
  auto other = upload_of({{"a", "a"}});
  other.type = "application/octet-stream";
  CHECK(at.ask(other).status == 415);
  other.token.clear();
  CHECK(at.ask(other).status == 401);
  // ingest.max_file_size is 25 MiB.
  CHECK(refused({{"large.txt", std::string((25U << 20) + 1, 'a')}}) == "FILE_TOO_LARGE");
  CHECK(at.ask(upload_of({{"large.txt", std::string(27U << 20, 'a')}})).code() == "HTTP_413");
  CHECK(at.ask(upload_of({{"", "text"}})).json()["detail"] == "the file has no name");
  CHECK(at.count("select count(*) from jobs") == 0);
}

TEST_CASE("a token that is bound to an owner uploads for that owner only") {
  api_server at;
  const auto ask = [&](storage::access_role role, storage::access_token bound,
                       const std::string& query) {
    auto asked = upload_of({{"a.md", "# A"}}, query);
    asked.token = at.token(role, std::move(bound));
    return at.ask(asked);
  };
  using enum storage::access_role;
  const auto made = ask(submitter, {.owner = "ann"}, "");
  REQUIRE(made.status == 201);
  CHECK(payload_of(at, 1).owner == "ann");
  CHECK(ask(submitter, {.owner = "ann"}, "?owner=bob").code() == "TOKEN_BOUND");
  CHECK(ask(submitter, {.tenant = "acme"}, "").code() == "TOKEN_BOUND");
  CHECK(ask(viewer, {}, "").status == 403);
  CHECK(ask(submitter, {}, "").status == 201);
}

TEST_CASE("an upload is refused with 429 when the queue is full, all of it") {
  api_server at;
  files many;
  for (int i = 0; i < 50; ++i)
    many.emplace_back(fmt::format("{}.txt", i), fmt::format("text {}", i));
  REQUIRE(at.ask(upload_of(many)).status == 201);
  const auto full = at.ask(upload_of({{"a", "a"}, {"b", "b"}}));
  CHECK(full.status == 429);
  CHECK(full.headers.contains("retry-after"));
  CHECK(at.blobs() == 50);
  CHECK(at.count("select count(*) from jobs") == 50);
}

}  // namespace millrace::tests
