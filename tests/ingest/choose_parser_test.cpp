#include "ingest/choose_parser.hpp"

#include "base/digest.hpp"
#include "ingest/document_text.hpp"
#include "ingest/parse/local_parsers.hpp"
#include "tests/ingest/fakes.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::pipeline;
using namespace millrace::ingest;
using namespace millrace::ingest::fakes;
using namespace std::string_literals;

namespace {

/// A job at work on a Markdown document that was parsed before.
struct parsers_fixture {
  parsers_fixture() {
    use_local_parsers(services, {});
    j.id = 7;
    j.output = R"({"document_id":"d"})"s;
    doc.id = "d"s;
    doc.job_id = 7;
    doc.media_type = "text/markdown"s;
    doc.parser = "markdown@2"s;
    doc.parsed_uri = "storage://parsed/default/d.txt"s;
    doc.text_sha256 = sha256_hex("text\n");
    put_text(store, doc.parsed_uri, {"text\n", outline_of_plain("text\n"), {}, {}});
  }

  outcome choose() {
    known.rows["d"] = doc;
    return choose_parser(j, known, store, services);
  }

  job j;
  document doc;
  known_documents known;
  folder_blobs store;
  service_directory services;
};

}  // namespace

TEST_CASE("choose_parser goes on to parsing when there is no text yet") {
  parsers_fixture s;
  s.doc.parser.clear();
  s.doc.parsed_uri.clear();
  s.doc.text_sha256.clear();
  CHECK(std::get<advance>(s.choose()).to.empty());
}

TEST_CASE("choose_parser skips ahead when the same parser's text is there") {
  parsers_fixture s;
  CHECK(std::get<advance>(s.choose()).to == "parse_validated");
}

TEST_CASE("choose_parser does not skip ahead with the text of another version") {
  parsers_fixture s;
  s.doc.parser = "markdown@0"s;
  CHECK(std::get<advance>(s.choose()).to.empty());
}

TEST_CASE("choose_parser does not skip ahead with text that is lost, damaged or not accepted") {
  parsers_fixture s;
  SECTION("lost") { s.store.lose(s.doc.parsed_uri); }
  SECTION("damaged") { s.store.put(s.doc.parsed_uri, "tex"); }
  SECTION("not accepted") { s.doc.text_sha256.clear(); }
  SECTION("without an outline") { s.store.lose("storage://parsed/default/d.outline"); }
  CHECK(std::get<advance>(s.choose()).to.empty());
}

TEST_CASE("choose_parser ends a job whose document belongs to another job") {
  parsers_fixture s;
  s.doc.job_id = 3;
  const auto done = std::get<finish>(s.choose());
  CHECK(done.code == "UPLOAD_DEDUP_HIT");
  CHECK(done.why == "the same bytes are document d of job 3");
}

TEST_CASE("choose_parser rejects a job whose document is not in the database") {
  parsers_fixture s;
  CHECK(code_of(choose_parser(s.j, s.known, s.store, s.services)) == "DOCUMENT_MISSING");
  s.j.output.clear();
  CHECK(code_of(s.choose()) == "PAYLOAD_INVALID");
}

TEST_CASE("choose_parser tries again later when there is no parser now") {
  parsers_fixture s;
  s.doc.media_type = "audio/ogg"s;
  CHECK(std::get<retry>(s.choose()).code == "PARSER_FAILED");
}
