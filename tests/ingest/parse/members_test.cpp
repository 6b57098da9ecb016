#include "ingest/parse/members.hpp"

#include "ingest/effects.hpp"
#include "ingest/parse/local_parsers.hpp"
#include "ingest/parse/parse.hpp"
#include "tests/ingest/fakes.hpp"
#include "tests/ingest/formats/make_archive.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace millrace;
using namespace millrace::pipeline;
using namespace millrace::ingest;
using namespace millrace::ingest::fakes;
using nlohmann::json;
using tests::archive_of;
using tests::packed_as;

namespace {

/// A job at work on a file that holds others.
struct unpacking {
  unpacking(std::string name, std::string media_type, std::string_view bytes) {
    use_local_parsers(services, {});
    doc.id = "d";
    doc.job_id = j.id = 7;
    doc.owner = "ann";
    doc.source_path = "/in/" + name;
    doc.name = std::move(name);
    doc.media_type = std::move(media_type);
    doc.raw_uri = "storage://raw/ann/d";
    known.rows["d"] = doc;
    store.put(doc.raw_uri, bytes);
    store.puts = 0;
    j.output = R"({"document_id":"d"})";
    j.payload = to_json({.path = doc.source_path, .owner = "ann"});
  }

  outcome parse(const std::stop_token& stop = {}) {
    return parse_document(j, {{}, stop}, known, store, services, rules);
  }

  /// The uploads that the children are told of.
  std::vector<upload> children() {
    std::vector<upload> all;
    const auto made = parse();
    INFO(code_of(made));
    for (const auto& effect : std::get<advance>(made).effects)
      if (const auto* jobs = std::get_if<pipeline::effects::make_children>(&effect))
        for (const auto& one : jobs->jobs) {
          CHECK(one.pipeline == "ingest");
          all.push_back(std::get<upload>(parse_upload(one.payload)));
        }
    return all;
  }

  json warnings() {
    return json::parse(effect_of<ingest::effects::record_parsed>(parse()).warnings);
  }

  job j;
  document doc;
  known_documents known;
  folder_blobs store;
  service_directory services;
  file_seal seal{[] { return std::string{"key"}; }};
  member_rules rules{.intake = {}, .unpack = {}, .seal = &seal};
};

std::vector<std::string> sources_of(const std::vector<upload>& all) {
  std::vector<std::string> sources;
  for (const auto& one : all)
    sources.push_back(one.member->source);
  return sources;
}

using names = std::vector<std::string>;

const std::string mail_with_attachments =
    "Subject: Order\nContent-Type: multipart/mixed; boundary=X\n\n--X\n\nsee below\n--X\n"
    "Content-Type: text/markdown\nContent-Disposition: attachment\n\n# Unnamed\n--X\n"
    "Content-Type: application/octet-stream\nContent-Disposition: inline; filename=a.txt\n\n"
    "attached\n--X\nContent-Type: application/ms-tnef; name=winmail.dat\n"
    "Content-Transfer-Encoding: base64\n\neJ8+IgABAAAAAAAAAAA=\n--X\n"
    "Content-Type: image/png\nContent-ID: <logo>\n\npng\n--X\n"
    "Content-Type: message/rfc822\n\nSubject: Inner\n\ninner text\n--X--\n";

}  // namespace

TEST_CASE("each file in an archive becomes a child job with its bytes in the store") {
  unpacking s{"z.zip", "application/zip",
              archive_of(packed_as::zip, {{"d/one.txt", "first"}, {"two.md", "# Second"}})};
  const auto all = s.children();
  CHECK(sources_of(all) == names{"/in/z.zip!/d/one.txt", "/in/z.zip!/two.md"});
  CHECK(all[0].name == "one.txt");
  CHECK(all[0].owner == "ann");
  CHECK(all[0].path.empty());
  CHECK(s.store.get(all[0].blob) == "first");
  CHECK(s.seal.is_on(all[0]));
  auto forged = all[0];
  forged.member->depth = 2;
  CHECK(!s.seal.is_on(forged));
}

TEST_CASE("members are in the collection of their archive, but no files of its source") {
  unpacking s{"z.zip", "application/zip", archive_of(packed_as::zip, {{"one.txt", "first"}})};
  upload from{.path = s.doc.source_path, .owner = "ann"};
  from.source = "folder";
  from.collection = "manuals";
  s.j.payload = to_json(from);
  const auto all = s.children();
  REQUIRE(all.size() == 1);
  CHECK(all[0].collection == "manuals");
  CHECK(all[0].source.empty());
}

TEST_CASE("an archive has no text and goes on at the last stage") {
  unpacking s{"z.zip", "application/zip", archive_of(packed_as::zip, {{"one.txt", "first"}})};
  CHECK(std::get<advance>(s.parse()).to == "embedded");
}

TEST_CASE("a stage that is called again makes the same children and stores nothing twice") {
  unpacking s{"z.zip", "application/zip",
              archive_of(packed_as::zip, {{"one.txt", "first"}, {"two.txt", "second"}})};
  const auto first = s.children();
  const int puts = s.store.puts;
  const auto second = s.children();
  REQUIRE(first.size() == second.size());
  for (std::size_t i = 0; i < first.size(); ++i)
    CHECK(to_json(first[i]) == to_json(second[i]));
  // Only the file's own text and outline are written again.
  CHECK(s.store.puts - puts == 2);
}

TEST_CASE("what is in an archive and is not read is named in a warning") {
  unpacking s{
      "z.zip", "application/zip",
      archive_of(
          packed_as::zip,
          {{"one.txt", "first"}, {"p.png", tests::png()}, {"none.txt", ""}, {"../up.txt", "x"}})};
  CHECK(
      s.warnings() ==
      json{{{"code", "MEMBERS_LEFT_OUT"},
            {"message",
             "members are left out: ../up.txt (FILE_NAME_INVALID), p.png (FILE_TYPE_UNSUPPORTED), "
             "none.txt (FILE_EMPTY)"},
            {"count", 3}}});
}

TEST_CASE("an archive without a file that is read has no text") {
  CHECK(code_of(unpacking{"z.zip", "application/zip",
                          archive_of(packed_as::zip, {{"p.png", tests::png()}})}
                    .parse()) == "PARSE_EMPTY");
  CHECK(code_of(
            unpacking{"z.zip", "application/zip", std::string{"PK\x05\x06"} + std::string(18, '\0')}
                .parse()) == "PARSE_EMPTY");
}

TEST_CASE("attachments of mail become child jobs, and the mail keeps its text") {
  unpacking s{"m.eml", "message/rfc822", mail_with_attachments};
  const auto all = s.children();
  CHECK(sources_of(all) ==
        names{"/in/m.eml!/part-2.md", "/in/m.eml!/a.txt", "/in/m.eml!/message-6.eml"});
  CHECK(s.store.get(all[2].blob).value_or("").find("inner text") != std::string::npos);
  const auto made = s.parse();
  CHECK(std::get<advance>(made).to.empty());
  const auto parsed = effect_of<ingest::effects::record_parsed>(made);
  CHECK(s.store.get(parsed.parsed_uri) == "# Order\n\nsee below\n");
  CHECK(s.warnings()[0]["code"] == "ATTACHMENTS_LEFT_OUT");
  CHECK(s.warnings()[0]["message"] ==
        "attachments are left out: winmail.dat (FILE_TYPE_UNSUPPORTED)");
}

TEST_CASE("archives within archives end at the depth that is set") {
  const auto inner = archive_of(packed_as::zip, {{"a.txt", "x"}});
  unpacking s{"z.zip", "application/zip",
              archive_of(packed_as::zip, {{"in.zip", inner}, {"b.txt", "y"}})};
  CHECK(s.children().size() == 2);
  s.rules.unpack.max_depth = 1;
  CHECK(sources_of(s.children()) == names{"/in/z.zip!/b.txt"});
  CHECK(s.warnings()[0]["message"] == "members are left out: in.zip (FILE_TOO_DEEP)");
}

TEST_CASE("archives within an archive share its limits") {
  const auto inner = archive_of(packed_as::zip, {{"a.txt", "x"}});
  unpacking s{"z.zip", "application/zip",
              archive_of(packed_as::zip, {{"1.zip", inner}, {"2.zip", inner}, {"b.txt", "y"}})};
  const auto all = s.children();
  REQUIRE(all.size() == 3);
  CHECK(all[0].member->depth == 1);
  CHECK(all[0].member->max_bytes == s.rules.unpack.max_bytes / 2);
  CHECK(all[0].member->max_members == s.rules.unpack.max_members / 2);
  CHECK(all[2].member->max_bytes == 0);
}

TEST_CASE("an archive within another is held to its share") {
  unpacking s{"z.zip", "application/zip",
              archive_of(packed_as::zip, {{"one.txt", "some words"}, {"two.txt", "and more"}})};
  upload from{.owner = "ann", .blob = "storage://raw/ann/d", .name = "z.zip"};
  from.member =
      member_place{.source = "o.zip!/z.zip", .depth = 1, .max_members = 10, .max_bytes = 5};
  s.j.payload = to_json(from);
  CHECK(code_of(s.parse()) == "FILE_EXPANDS_TOO_MUCH");
  from.member->max_bytes = 100;
  s.j.payload = to_json(from);
  CHECK(s.children()[0].member->depth == 2);
}

TEST_CASE("a member whose bytes are a document already waits for the job of that") {
  unpacking s{"z.zip", "application/zip", archive_of(packed_as::zip, {{"one.txt", "first"}})};
  const auto id = s.children()[0].document_id;
  s.known.rows[id] = document{};
  s.known.rows[id].job_id = 3;
  s.known.fates[3] = job_fate::unfinished;
  CHECK(s.children()[0].first_job == 3);
  s.known.fates[3] = job_fate::failed;
  CHECK(s.children()[0].first_job == 0);
}

TEST_CASE("unpacking ends when its answer is no longer wanted") {
  unpacking s{"z.zip", "application/zip", archive_of(packed_as::zip, {{"one.txt", "first"}})};
  std::stop_source stop;
  stop.request_stop();
  CHECK(std::holds_alternative<retry>(s.parse(stop.get_token())));
}
