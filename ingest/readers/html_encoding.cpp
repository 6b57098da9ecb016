#include "ingest/readers/html_encoding.hpp"

#include "base/unicode/ascii.hpp"
#include "ingest/files/encoding_labels.hpp"

#include <algorithm>
#include <utility>

namespace millrace::ingest {
namespace {

constexpr std::size_t declaration_window = 1024;
constexpr std::string_view html_blanks = " \t\r\n\f";

/// What follows the name and its `=`, white space around it or not; empty without a `=`.
std::string value_after(std::string_view head, std::size_t name_end) {
  auto at = head.find_first_not_of(html_blanks, name_end);
  if (at == std::string_view::npos || head[at] != '=')
    return {};
  at = head.find_first_not_of(" \t\r\n\f\"'", at + 1);
  if (at == std::string_view::npos)
    return {};
  const auto end = head.find_first_of("\"'>;/ \t\r\n\f", at);
  return std::string{head.substr(at, end - at)};
}

std::string declared_in_meta(std::string_view head) {
  constexpr std::string_view meta = "<meta";
  constexpr std::string_view charset = "charset";
  for (std::size_t at = 0; at < head.size();) {
    const auto comment = head.find("<!--", at);
    const auto found = head.find(meta, at);
    if (found == std::string_view::npos)
      return {};
    if (comment < found) {
      const auto end = head.find("-->", comment);
      at = end == std::string_view::npos ? head.size() : end;
      continue;
    }
    const auto tag = head.substr(found, head.find('>', found) - found);
    for (auto word = tag.find(charset); word != std::string_view::npos;
         word = tag.find(charset, word + 1))
      if (auto label = value_after(tag, word + charset.size()); !label.empty())
        return label;
    at = found + meta.size();
  }
  return {};
}

}  // namespace

std::string declared_in_html(std::string_view bytes) {
  const auto head = in_lower_case(bytes.substr(0, declaration_window));
  auto label = declared_in_meta(head);
  if (label.empty())
    if (const auto xml = head.find("<?xml"); xml != std::string::npos)
      if (const auto name = head.find("encoding", xml); name < head.find('>', xml))
        label = value_after(head, name + 8);
  // What declares itself in bytes is no UTF-16.
  return encoding_of_label(label).starts_with("utf-16") ? "utf-8" : label;
}

decoded_text decode_html(std::string_view bytes) {
  if (auto made = decode_text(bytes, declared_in_html(bytes)))
    return *std::move(made);
  return {
      .text = from_windows_1252(bytes), .encoding = "windows-1252", .guessed = true, .broken = 0};
}

std::string html_to_utf8(std::string_view bytes) { return decode_html(bytes).text; }

}  // namespace millrace::ingest
