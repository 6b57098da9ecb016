#include "ingest/parse/parsing_api.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>

using namespace millrace;
using namespace millrace::ingest;

TEST_CASE("an upload is a form with the file and where to call back") {
  const auto form = make_upload("a \"b\".pdf", "application/pdf", "%PDF\r\n\0x", "http://me/1");
  const auto boundary = form.content_type.substr(form.content_type.find('=') + 1);
  CHECK(form.content_type == "multipart/form-data; boundary=" + boundary);
  CHECK(form.body ==
        "--" + boundary + "\r\nContent-Disposition: form-data; name=\"webhook_url\"\r\n\r\n" +
            "http://me/1\r\n--" + boundary +
            "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a %22b%22.pdf\"\r\n" +
            "Content-Type: application/pdf\r\n\r\n%PDF\r\n\r\n--" + boundary + "--\r\n");
}

TEST_CASE("without a place to call back the form says nothing of one") {
  CHECK(make_upload("a", "b", "c", "").body.find("webhook") == std::string::npos);
}

TEST_CASE("an upload's answer names a job that can stand in a URL") {
  CHECK(read_upload(R"({"id": "a-1_b.C", "status": "PENDING"})").id == "a-1_b.C");
  for (const auto* bad : {"", "[]", "{}", R"({"id": 1})", R"({"id": ""})", R"({"id": "a/b"})",
                          R"({"id": ".."})", R"({"id": "a?b"})", "{\"id\": \"a\xff\"}"}) {
    INFO(bad);
    CHECK_FALSE(read_upload(bad).fault.empty());
  }
  CHECK_FALSE(read_upload(R"({"id": ")" + std::string(129, 'a') + "\"}").fault.empty());
}

TEST_CASE("a status is pending, a success, a failure with its reason, or nothing that is known") {
  struct row {
    const char* body;
    remote_state state;
    const char* why;
  };
  for (const auto& [body, state, why] : std::array{
           row{R"({"status": "PENDING"})", remote_state::pending, ""},
           row{R"({"status": "SUCCESS"})", remote_state::succeeded, ""},
           row{R"({"status": "PARTIAL_SUCCESS"})", remote_state::succeeded, ""},
           row{R"({"status": "ERROR", "error_message": "no\npages"})", remote_state::failed,
               "ERROR: no"},
           row{R"({"status": "CANCELED"})", remote_state::failed, "CANCELED"},
       }) {
    INFO(body);
    const auto answer = read_status(body);
    CHECK(answer.fault.empty());
    CHECK(answer.state == state);
    CHECK(answer.why == why);
  }
  CHECK(read_status(R"({"status": "DANCING"})").fault == "its `status` is unknown");
  CHECK(read_status(R"({"state": "PENDING"})").fault == "it has no text `status`");
  CHECK(read_status("<html>").fault == "it is no JSON object");
}

TEST_CASE("a result is the text of its Markdown") {
  CHECK(read_result(R"({"markdown": "# A\n"})").text == "# A\n");
  CHECK(read_result(R"({"markdown": null})").fault == "it has no text `markdown`");
}
