#include "ingest/parse/parse.hpp"

#include "ingest/effects.hpp"
#include "ingest/parse/local_parsers.hpp"
#include "tests/ingest/fakes.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::pipeline;
using namespace millrace::ingest;
using namespace millrace::ingest::fakes;
using namespace std::chrono_literals;

namespace {

/// A job at work on a document with these bytes.
struct parse_surroundings {
  parse_surroundings(std::string media_type, std::string_view bytes) {
    use(parser_settings{});
    j.id = 7;
    j.output = R"({"document_id":"d"})";
    document doc;
    doc.id = "d";
    doc.job_id = 7;
    doc.owner = "ann";
    doc.media_type = std::move(media_type);
    doc.raw_uri = "storage://raw/ann/d";
    known.rows["d"] = doc;
    store.put(doc.raw_uri, bytes);
  }

  void use(const parser_settings& settings) { use_local_parsers(services, settings); }

  outcome parse(const std::stop_token& stop = {}) {
    return parse_document(j, {{}, stop}, known, store, services, {});
  }

  /// The text that parsing stores.
  std::string text() {
    const auto parsed = effect_of<ingest::effects::record_parsed>(parse());
    return store.get(parsed.parsed_uri).value();
  }

  job j;
  known_documents known;
  folder_blobs store;
  service_directory services;
};

std::string code_for(std::string media_type, std::string_view bytes) {
  return code_of(parse_surroundings{std::move(media_type), bytes}.parse());
}

}  // namespace

TEST_CASE("parse_document stores the text and says which parser made it") {
  parse_surroundings s{"text/markdown", "# Title\n\ntext\n"};
  const auto parsed = effect_of<ingest::effects::record_parsed>(s.parse());
  CHECK(parsed.document_id == "d");
  CHECK(parsed.parser == "markdown@2");
  CHECK(parsed.parsed_uri == "storage://parsed/ann/d.txt");
  CHECK(s.store.get(parsed.parsed_uri) == "# Title\n\ntext\n");
}

TEST_CASE("parse_document decodes text") {
  CHECK(parse_surroundings{"text/plain", tests::utf16_little("words", true)}.text() == "words\n");
  CHECK(parse_surroundings{"text/plain",
                           "Gr\xFC\xDF"
                           "e aus K\xF6ln"}
            .text() == "Grüße aus Köln\n");
  CHECK(code_for("text/plain", "nothing \x81 there") == "TEXT_ENCODING");
}

TEST_CASE("parse_document turns HTML into text in a process of its own") {
  parse_surroundings s{"text/html", "<h1>Title</h1><script>x()</script><p>some <b>text</b>"};
  CHECK(effect_of<ingest::effects::record_parsed>(s.parse()).parser == "html@2");
  CHECK(s.text() == "# Title\n\nsome text\n");
}

TEST_CASE("parse_document reads a PDF in paragraphs") {
  parse_surroundings s{
      "application/pdf",
      tests::pdf_with_pages({"A sentence that is cut by the end of a line, and hyphen-\n"
                             "ated on the way, ends here, at the end of the line.",
                             "Second page."})};
  CHECK(effect_of<ingest::effects::record_parsed>(s.parse()).parser == "pdf@3");
  CHECK(s.text() ==
        "A sentence that is cut by the end of a line, and hyphenated on the way, ends here, at the "
        "end of the line.\n\nSecond page.\n");
}

TEST_CASE("parse_document rejects documents without text") {
  CHECK(code_for("text/plain", " \n\t\n") == "PARSE_EMPTY");
  CHECK(code_for("text/html", "<p> </p><script>x()</script>") == "PARSE_EMPTY");
  CHECK(code_for("application/pdf", tests::pdf_with_an_image()) == "PDF_NO_TEXT");
}

TEST_CASE("parse_document rejects a PDF that needs a password, and reads one that does not") {
  CHECK(code_for("application/pdf", tests::pdf_with_a_password()) == "PDF_ENCRYPTED");
  CHECK(parse_surroundings{"application/pdf", tests::pdf_with_an_owner_password()}.text() ==
        "secret words\n");
}

TEST_CASE("parse_document rejects a broken PDF") {
  CHECK(code_for("application/pdf", tests::broken_pdf()) == "PDF_BROKEN");
  CHECK(code_for("application/pdf", "%PDF-1.4\n") == "PDF_BROKEN");
  const auto whole = tests::pdf_with_pages({"text"});
  CHECK(code_for("application/pdf", whole.substr(0, 60)) == "PDF_BROKEN");
}

TEST_CASE("parse_document rejects a PDF with too many pages") {
  const std::vector<std::string> pages(2000, "page");
  CHECK(code_for("application/pdf", tests::pdf_with_pages(pages)).empty());
  const std::vector<std::string> more(2001, "page");
  CHECK(code_for("application/pdf", tests::pdf_with_pages(more)) == "PDF_TOO_MANY_PAGES");
}

TEST_CASE("parse_document rejects HTML of 10 MB that nests 100,000 deep, at once") {
  const auto page = tests::deep_html(100'000, 10'000'000);
  parse_surroundings s{"text/html", page};
  const auto begin = std::chrono::steady_clock::now();
  CHECK(code_of(s.parse()) == "HTML_TOO_DEEP");
  CHECK(std::chrono::steady_clock::now() - begin < 5s);
}

TEST_CASE("parse_document rejects what takes more than the limits") {
  parser_settings settings;
  parse_surroundings s{"text/html", tests::deep_html(10, 2'000'000)};
  SECTION("output") { settings.max_text_size = 1000; }
  SECTION("time") { settings.time_limit = 1us; }
#ifndef __SANITIZE_ADDRESS__
  SECTION("memory") { settings.memory_limit = 16'000'000; }
#endif
  s.use(settings);
  CHECK(code_of(s.parse()) == "PARSER_LIMIT");
}

TEST_CASE("a parser that cannot be started costs no attempt, and says what is missing") {
  parse_surroundings s{"text/html", "<p>text"};
  parser_settings settings;
  settings.helper = "/nonexistent/millrace-parser";
  s.use(settings);
  const auto later = std::get<snooze>(s.parse());
  CHECK(later.code == "OUT_OF_ORDER");
  CHECK(later.why == "cannot start /nonexistent/millrace-parser: No such file or directory");
}

TEST_CASE("parse_document kills its child when the answer is no longer wanted") {
  parse_surroundings s{"text/html", "<p>text"};
  std::stop_source stop;
  stop.request_stop();
  CHECK(std::get<retry>(s.parse(stop.get_token())).code == "PARSER_FAILED");
}

TEST_CASE("parse_document rejects a document whose stored file is gone") {
  parse_surroundings s{"text/plain", "text"};
  s.store.lose("storage://raw/ann/d");
  CHECK(code_of(s.parse()) == "BLOB_MISSING");
  s.known.rows.clear();
  CHECK(code_of(s.parse()) == "DOCUMENT_MISSING");
}
