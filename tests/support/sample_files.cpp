#include "tests/support/sample_files.hpp"

#include "base/unicode/utf8.hpp"
#include "tests/support/paths.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace millrace::tests {
namespace {

std::string read_data(const std::string& name) {
  std::ifstream file{source_path("tests/data/" + name), std::ios::binary};
  if (!file)
    throw std::runtime_error{"tests/data/" + name + " is missing"};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::string stream(std::string_view dictionary, std::string_view bytes) {
  return fmt::format("<<{}/Length {}>>\nstream\n{}\nendstream", dictionary, bytes.size(), bytes);
}

template <class Write>
std::string utf16(std::string_view text, bool with_mark, Write write) {
  std::string out;
  if (with_mark)
    write(out, 0xFEFFU);
  for (std::size_t at = 0; at < text.size();) {
    const auto next = utf8::decode(text, at);
    at += next.size;
    const auto code = static_cast<unsigned>(next.code);
    if (code >= 0x10000U) {
      write(out, 0xD800U + ((code - 0x10000U) >> 10U));
      write(out, 0xDC00U + ((code - 0x10000U) & 0x3FFU));
    } else {
      write(out, code);
    }
  }
  return out;
}

/// A PDF file of these objects, numbered from 1; the first is the catalog.
std::string pdf_of(const std::vector<std::string>& objects) {
  std::string out = "%PDF-1.4\n%\xE2\xE3\xCF\xD3\n";
  std::string table = "0000000000 65535 f \n";
  for (std::size_t i = 0; i < objects.size(); ++i) {
    table += fmt::format("{:010} 00000 n \n", out.size());
    out += fmt::format("{} 0 obj\n{}\nendobj\n", i + 1, objects[i]);
  }
  const auto count = objects.size() + 1;
  out += fmt::format("xref\n0 {}\n{}trailer<</Size {}/Root 1 0 R>>\nstartxref\n{}\n%%EOF\n", count,
                     table, count, out.size());
  return out;
}

/// The operators that draw lines of text from the top of a page.
std::string drawn(std::string_view text) {
  std::string out = "BT /F 11 Tf 14 TL 72 720 Td\n(";
  for (const char c : text) {
    if (c == '\n')
      out += ") Tj T* (";
    else if (c == '(' || c == ')' || c == '\\')
      out += fmt::format("\\{}", c);
    else
      out += c;
  }
  return out + ") Tj ET";
}

}  // namespace

std::string pdf_with_pages(const std::vector<std::string>& texts) {
  constexpr auto font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>";
  std::vector<std::string> objects{"<</Type/Catalog/Pages 2 0 R>>", "", font};
  std::string kids;
  for (const auto& text : texts) {
    const auto page = objects.size() + 1;
    kids += fmt::format("{} 0 R ", page);
    objects.push_back(
        fmt::format("<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]"
                    "/Resources<</Font<</F 3 0 R>>>>/Contents {} 0 R>>",
                    page + 1));
    objects.push_back(stream("", drawn(text)));
  }
  objects[1] = fmt::format("<</Type/Pages/Kids[{}]/Count {}>>", kids, texts.size());
  return pdf_of(objects);
}

std::string pdf_with_an_image() {
  const std::string page =
      "<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]"
      "/Resources<</XObject<</I 5 0 R>>>>/Contents 4 0 R>>";
  const auto drawing = stream("", "100 0 0 100 0 0 cm /I Do");
  const auto picture = stream(
      "/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8", "x");
  return pdf_of({"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", page,
                 drawing, picture});
}

std::string pdf_with_a_password() { return read_data("encrypted.pdf"); }

std::string pdf_with_an_owner_password() { return read_data("owner_password.pdf"); }

std::string broken_pdf() { return "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n" + std::string(2000, '\x9F'); }

std::string deep_html(std::size_t depth, std::size_t size) {
  std::string out = "<!doctype html><title>Deep</title><body>";
  for (std::size_t i = 0; i < depth; ++i)
    out += "<div>";
  out += "bottom";
  while (out.size() < size)
    out += "<p>more of the same text</p>";
  return out;
}

std::string utf16_little(std::string_view text, bool with_mark) {
  return utf16(text, with_mark, [](std::string& out, unsigned unit) {
    out += static_cast<char>(unit & 0xFFU);
    out += static_cast<char>(unit >> 8U);
  });
}

std::string utf16_big(std::string_view text, bool with_mark) {
  return utf16(text, with_mark, [](std::string& out, unsigned unit) {
    out += static_cast<char>(unit >> 8U);
    out += static_cast<char>(unit & 0xFFU);
  });
}

std::string png() {
  using namespace std::string_literals;
  return "\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1F\x15\xC4\x89"s;
}

}  // namespace millrace::tests
