#include "net/http/multipart.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace millrace::tests {
namespace {

using net::form_error;
using net::form_part;

const std::string type = "multipart/form-data; boundary=AaB03x";

/// The parts lie in the body, which must outlive them.
std::vector<form_part> parse(std::string_view body, std::string_view content_type = type) {
  return net::parse_form(content_type, body, 3);
}

std::string part(const std::string& disposition, const std::string& bytes) {
  return "--AaB03x\r\nContent-Disposition: " + disposition + "\r\n\r\n" + bytes + "\r\n";
}

const std::string end = "--AaB03x--\r\n";

std::string name_from(const std::string& parameters) {
  const auto body = part("form-data; name=\"file\"; " + parameters, "x") + end;
  return parse(body).at(0).file_name;
}

}  // namespace

TEST_CASE("a form has its parts with names, files and bytes") {
  const std::string bytes{"\0\xFF\r\n--\r\n", 8};
  const auto body = "preamble\r\n" + part("form-data; name=\"note\"", "") +
                    "--AaB03x \t\r\ncontent-type: application/pdf\r\n"
                    "content-disposition: FORM-DATA; Name=file; filename=\"a b.pdf\"\r\n\r\n" +
                    bytes + "\r\n" + end + "epilogue";
  const auto parts = parse(body);
  REQUIRE(parts.size() == 2);
  CHECK(parts[0].name == "note");
  CHECK(parts[0].bytes.empty());
  CHECK(parts[0].file_name.empty());
  CHECK(parts[1].name == "file");
  CHECK(parts[1].file_name == "a b.pdf");
  CHECK(parts[1].bytes == bytes);
  CHECK(parse("--AaB03x--").empty());
}

TEST_CASE("a boundary counts only where it is a line of its own") {
  for (const std::string bytes :
       {"before--AaB03xafter", "\r\n--AaB03xy\r\n", "\n--AaB03x\n", "\r\n--AaB03x-\r\n",
        "\r\n--AaB03x--z\r\n", "\r\n --AaB03x\r\n", "\r", "\r\n", "\r\n\r\n--AaB03"}) {
    INFO(bytes);
    const auto body = part("form-data; name=file; filename=x", bytes) + end;
    const auto parts = parse(body);
    REQUIRE(parts.size() == 1);
    CHECK(parts[0].bytes == bytes);
  }
}

TEST_CASE("a boundary may be quoted, and be the last parameter or not") {
  for (const std::string written : {"multipart/form-data; boundary=\"AaB03x\"",
                                    "Multipart/Form-Data;charset=utf-8; BOUNDARY=AaB03x",
                                    "multipart/form-data; boundary=AaB03x;",
                                    "multipart/form-data; boundary=\"AaB03x\"; charset=utf-8"})
    CHECK(parse(part("form-data; name=a", "1") + end, written).size() == 1);
  const std::string odd = "\"-=_?:(),./+' x\"";
  CHECK(parse("---=_?:(),./+' x--", "multipart/form-data; boundary=" + odd).empty());
}

TEST_CASE("names of files come as browsers, curl and Python write them, without folders") {
  CHECK(name_from("filename=\"naïve 日本.txt\"") == "naïve 日本.txt");
  CHECK(name_from("filename=\"a%22b.txt\"") == "a\"b.txt");
  CHECK(name_from("filename=\"a\\\"b.txt\"") == "a\"b.txt");
  CHECK(name_from("filename=\"100%25.txt\"") == "100%25.txt");
  CHECK(name_from("filename=\"a;b=c.txt\"") == "a;b=c.txt");
  CHECK(name_from("filename=\"C:\\dir\\x.txt\"") == "x.txt");
  CHECK(name_from("filename=\"../../etc/passwd\"") == "passwd");
  CHECK(name_from("filename=plain.txt; size=3") == "plain.txt");
  CHECK(name_from("filename=\"x\"; filename*=UTF-8''na%C3%AFve%2F%22.txt") == "\".txt");
  CHECK(name_from("filename*=utf-8'en'a%20b") == "a b");
  CHECK(name_from("filename=\"\"").empty());
  CHECK(name_from("filename=\"a%0Ab\"") == "a\nb");
}

TEST_CASE("a form that is cut off, ambiguous or encoded is refused, and the error says why") {
  const auto whole = part("form-data; name=file; filename=x", "bytes") + end;
  // Without the line end behind the last boundary it is whole.
  for (std::size_t size = 0; size + 2 < whole.size(); ++size) {
    INFO(size);
    CHECK_THROWS_AS(parse(whole.substr(0, size)), form_error);
  }
  for (const auto& wrong :
       {part("form-data", "1") + end, part("attachment; name=a", "1") + end,
        part("form-data; name=a; name=b", "1") + end, part("form-data; name=\"a", "1") + end,
        part("form-data; name=\"a\"b", "1") + end, part("form-data; name", "1") + end,
        part("form-data; name=a; filename*=latin1''x", "1") + end,
        part("form-data; name=a; filename*=", "1") + end,
        part("form-data; name=a; filename*=UTF-8''%zz", "1") + end,
        part("form-data; name=a\r\nContent-Disposition: form-data; name=b", "1") + end,
        part("form-data; name=a\r\nContent-Transfer-Encoding: base64", "MQ==") + end,
        part("form-data; name=a\r\n folded", "1") + end,
        part("form-data; name=a\r\nno colon", "1") + end,
        part("form-data; name=a\r\nX: " + std::string(20'000, 'x'), "1") + end,
        std::string{"--AaB03x\r\n\r\nbytes\r\n--AaB03x--"}, std::string{"--AaB03x\r\n--AaB03x--"},
        part("form-data; name=a", "") + part("form-data; name=a", "") +
            part("form-data; name=a", "") + part("form-data; name=a", "") + end}) {
    INFO(wrong.substr(0, 200));
    CHECK_THROWS_AS(parse(wrong), form_error);
  }
  for (const std::string written :
       {"", "multipart/form-data", "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"", "multipart/form-data; boundary=\"AaB03x",
        "multipart/mixed; boundary=AaB03x", "multipart/form-data; boundary=AaB03x; boundary=b"})
    CHECK_THROWS_AS(parse(whole, written), form_error);
  CHECK_THROWS_AS(parse("x", "multipart/form-data; boundary=" + std::string(71, 'b')), form_error);
  // Lines end with CR LF.
  CHECK_THROWS_AS(parse("--AaB03x\nContent-Disposition: form-data; name=a\n\n1\n--AaB03x--\n"),
                  form_error);
}

TEST_CASE("a form of beginnings of boundaries is read in one pass") {
  std::string bytes;
  while (bytes.size() < 4'000'000)
    bytes += "\r\n--AaB03x-";
  const auto body = part("form-data; name=file; filename=x", bytes) + end;
  CHECK(parse(body).at(0).bytes.size() == bytes.size());
}

}  // namespace millrace::tests
