#include "ingest/formats/archive/unpack.hpp"
#include "ingest/formats/build.hpp"
#include "ingest/formats/formats.hpp"
#include "ingest/formats/xml/xml.hpp"

#include <iterator>
#include <map>
#include <set>

namespace millrace::ingest::formats {
namespace {

/// %20 and the like are bytes.
std::string unescaped(std::string_view text) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 &&
        digit(text[i + 2]) >= 0) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  return out;
}

/// Fonts may be obfuscated; anything else that is encrypted cannot be read.
void refuse_encrypted(const parts& book, const read_limits& limits) {
  const auto found = book.find("META-INF/encryption.xml");
  if (found == book.end())
    return;
  const auto parsed = parse_xml(found->second, limits);
  for (const auto one : parsed->document_element().children()) {
    const auto method = attribute(child(one, "EncryptionMethod"), "Algorithm");
    if (method.find("idpf.org/2008/embedding") == std::string_view::npos &&
        method.find("adobe.com/pdf/enc#RC") == std::string_view::npos)
      fail("FILE_ENCRYPTED", "the book is encrypted: only books without a lock can be read");
  }
}

std::string package_path(const parts& book, const read_limits& limits) {
  const auto found = book.find("META-INF/container.xml");
  if (found == book.end())
    fail("FILE_DAMAGED", "the book does not say where its content is: save it again");
  const auto parsed = parse_xml(found->second, limits);
  return std::string{attribute(descendant(*parsed, "rootfile"), "full-path")};
}

void read_chapter(tree::document& to, std::string path, std::string_view text, html_reader html) {
  auto read = html(text);
  auto* chapter = std::get_if<tree::document>(&read);
  if (chapter == nullptr) {
    warn(to, "PART_UNREADABLE", "a part of the file cannot be read and is left out");
    return;
  }
  for (auto& one : chapter->content)
    one.from.part = path;
  std::move(chapter->content.begin(), chapter->content.end(), std::back_inserter(to.content));
  std::move(chapter->warnings.begin(), chapter->warnings.end(), std::back_inserter(to.warnings));
}

}  // namespace

tree::read_result read_epub(std::string_view bytes, const read_limits& limits, html_reader html) {
  return guarded<tree::read_result>([&]() -> tree::read_result {
    const auto book = unpack_document(bytes, limits);
    refuse_encrypted(book, limits);
    const auto path = package_path(book, limits);
    const auto found = book.find(path);
    if (found == book.end())
      fail("FILE_DAMAGED", "the book lacks its table of parts: save it again");
    const auto parsed = parse_xml(found->second, limits);
    const node root = parsed->document_element();
    const auto about = child(root, "metadata");
    tree::document made{.about = {.title = text_of(child(about, "title")),
                                  .author = text_of(child(about, "creator")),
                                  .date = text_of(child(about, "date")),
                                  .language = text_of(child(about, "language"))}};
    std::map<std::string, std::string, std::less<>> files;
    for (const auto item : child(root, "manifest").children())
      // The table of contents repeats the headings.
      if (attribute(item, "properties").find("nav") == std::string_view::npos)
        files.emplace(attribute(item, "id"), unescaped(attribute(item, "href")));
    const auto folder =
        path.substr(0, path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
    std::set<std::string> seen;
    for (const auto item : child(root, "spine").children()) {
      const auto file = files.find(attribute(item, "idref"));
      if (file == files.end() || !seen.insert(file->second).second)
        continue;
      const auto chapter = book.find(folder + file->second);
      if (chapter == book.end())
        warn(made, "PART_UNREADABLE", "a part of the file cannot be read and is left out");
      else
        read_chapter(made, chapter->first, chapter->second, html);
    }
    return made;
  });
}

}  // namespace millrace::ingest::formats
