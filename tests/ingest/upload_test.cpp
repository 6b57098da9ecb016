#include "ingest/upload.hpp"

#include "tests/ingest/fakes.hpp"

#include <catch2/catch.hpp>

using namespace millrace;
using namespace millrace::pipeline;
using namespace millrace::ingest;
using fakes::code_of;

TEST_CASE("an upload survives the way through its payload") {
  const upload what{"/home/\"me\"/ü.md", "team-1", std::string(64, 'a'), "some-id"};
  const auto back = std::get<upload>(parse_upload(to_json(what)));
  CHECK(back.path == what.path);
  CHECK(back.owner == what.owner);
  CHECK(back.sha256 == what.sha256);
  CHECK(back.document_id == what.document_id);
}

TEST_CASE("a payload needs a path only") {
  const auto what = std::get<upload>(parse_upload(R"({"path":"/a","later":1})"));
  CHECK(what.path == "/a");
  CHECK(what.owner == "default");
  CHECK(what.sha256.empty());
}

TEST_CASE("a payload that is not an upload is rejected") {
  const auto payload =
      GENERATE(as<std::string>{}, "", "not json", "[]", "null", "\"/a\"", "{}", R"({"path":1})",
               R"({"path":""})", R"({"path":"a/b"})", R"({"path":"/a","owner":""})",
               R"({"path":"/a","owner":"a/b"})", R"({"path":"/a","owner":".."})",
               R"({"path":"/a","owner":7})", R"({"path":"/a","sha256":"abc"})",
               R"({"path":"/a","sha256":{}})", R"({"path":"/a\u0000b"})", "{\"path\":\"/\xFF\"}",
               R"({"path":"/a"} x)");
  CAPTURE(payload);
  CHECK(code_of(parse_upload(payload)) == "PAYLOAD_INVALID");
}

TEST_CASE("an owner's name has at most 64 characters") {
  CHECK(code_of(parse_upload(to_json({"/a", std::string(64, 'x'), "", ""}))).empty());
  CHECK(code_of(parse_upload(to_json({"/a", std::string(65, 'x'), "", ""}))) == "PAYLOAD_INVALID");
}
