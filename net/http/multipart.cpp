#include "net/http/multipart.hpp"

#include "base/unicode/ascii.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>

namespace millrace::net {
namespace {

constexpr std::size_t longest_boundary = 70;
constexpr std::size_t longest_part_header = std::size_t{16} << 10;
constexpr std::string_view line_end = "\r\n";

std::string_view trim(std::string_view text) { return without_ends(text, " \t"); }

/// A header value: what stands before the first semicolon, and the parameters behind it, with names
/// in lower case.
struct header_value {
  std::string kind;
  std::map<std::string, std::string, std::less<>> parameters;

  const std::string* find(std::string_view name) const {
    const auto at = parameters.find(name);
    return at == parameters.end() ? nullptr : &at->second;
  }
};

/// Takes a quoted string off the front of the text. A backslash stands for itself but before a
/// quote and before another one: old browsers send paths of Windows as they are.
std::string take_quoted(std::string_view& text) {
  std::string value;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '"') {
      text.remove_prefix(at + 1);
      return value;
    }
    if (text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\'))
      ++at;
    value += text[at];
  }
  throw form_error{"a quoted text in a header has no end"};
}

header_value read_value(std::string_view text) {
  header_value read;
  const auto end = std::min(text.find(';'), text.size());
  read.kind = in_lower_case(trim(text.substr(0, end)));
  text.remove_prefix(end);
  while (!text.empty()) {
    text.remove_prefix(1);
    const auto equals = text.find_first_of("=;");
    const auto name = in_lower_case(trim(text.substr(0, std::min(equals, text.size()))));
    if (equals == std::string_view::npos || text[equals] == ';') {
      // A semicolon at the end, or two of them.
      if (!name.empty())
        throw form_error{fmt::format("the parameter `{}` of a header has no value", name)};
      text.remove_prefix(std::min(equals, text.size()));
      continue;
    }
    text = trim(text.substr(equals + 1));
    std::string value;
    if (text.starts_with('"')) {
      value = take_quoted(text);
      if (text = trim(text); !text.empty() && text.front() != ';')
        throw form_error{
            fmt::format("the parameter `{}` of a header goes on behind its quote", name)};
    } else {
      const auto stop = std::min(text.find(';'), text.size());
      value = trim(text.substr(0, stop));
      text.remove_prefix(stop);
    }
    if (!read.parameters.emplace(name, std::move(value)).second)
      throw form_error{fmt::format("a header has the parameter `{}` twice", name)};
  }
  return read;
}

std::optional<unsigned char> hex_byte(std::string_view digits) {
  constexpr std::string_view known = "0123456789abcdef";
  if (digits.size() < 2)
    return std::nullopt;
  const auto high = known.find(ascii_lower(digits[0]));
  const auto low = known.find(ascii_lower(digits[1]));
  if (high == std::string_view::npos || low == std::string_view::npos)
    return std::nullopt;
  return static_cast<unsigned char>(high * 16 + low);
}

/// Browsers write these three bytes so, and no others.
std::string decode_browser_name(std::string_view text) {
  std::string name;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = text[at] == '%' ? hex_byte(text.substr(at + 1)) : std::nullopt;
    if (byte && (*byte == '"' || *byte == '\r' || *byte == '\n')) {
      name += static_cast<char>(*byte);
      at += 2;
    } else {
      name += text[at];
    }
  }
  return name;
}

/// "UTF-8'en'na%C3%AFve.txt".
std::string decode_extended_name(std::string_view text) {
  const auto language = text.find('\'');
  const auto value = text.find('\'', std::min(language, text.size() - 1) + 1);
  if (text.empty() || value == std::string_view::npos ||
      in_lower_case(text.substr(0, language)) != "utf-8")
    throw form_error{"a `filename*` is not UTF-8''NAME"};
  text.remove_prefix(value + 1);
  std::string name;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      name += text[at];
      continue;
    }
    const auto byte = hex_byte(text.substr(at + 1));
    if (!byte)
      throw form_error{"a `filename*` has a % without two hexadecimal digits"};
    name += static_cast<char>(*byte);
    at += 2;
  }
  return name;
}

std::string file_name_of(const header_value& disposition) {
  std::string name;
  if (const auto* extended = disposition.find("filename*"))
    name = decode_extended_name(*extended);
  else if (const auto* plain = disposition.find("filename"))
    name = decode_browser_name(*plain);
  return name.substr(name.find_last_of("/\\") + 1);
}

void read_header(form_part& part, bool& is_named, std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 || line.front() == ' ' || line.front() == '\t')
    throw form_error{"a header of a part is no `NAME: VALUE`"};
  const auto name = in_lower_case(trim(line.substr(0, colon)));
  if (name == "content-transfer-encoding") {
    const auto coding = in_lower_case(trim(line.substr(colon + 1)));
    if (coding != "binary" && coding != "8bit" && coding != "7bit")
      throw form_error{
          fmt::format("a part is encoded as `{}`; send its bytes as they are", coding)};
  }
  if (name != "content-disposition")
    return;
  if (is_named)
    throw form_error{"a part has two headers Content-Disposition"};
  const auto disposition = read_value(line.substr(colon + 1));
  const auto* of_form = disposition.find("name");
  if (disposition.kind != "form-data" || of_form == nullptr)
    throw form_error{"the Content-Disposition of a part is not `form-data; name=...`"};
  part.name = decode_browser_name(*of_form);
  part.file_name = file_name_of(disposition);
  is_named = true;
}

form_part read_part(std::string_view text) {
  form_part part;
  bool is_named = false;
  std::size_t at = 0;
  for (;;) {
    const auto end = text.find(line_end, at);
    if (end == std::string_view::npos)
      throw form_error{"a part has no empty line behind its headers"};
    if (end > longest_part_header)
      throw form_error{
          fmt::format("the headers of a part have more than {} bytes", longest_part_header)};
    const auto line = text.substr(at, end - at);
    at = end + line_end.size();
    if (line.empty())
      break;
    read_header(part, is_named, line);
  }
  if (!is_named)
    throw form_error{"a part has no Content-Disposition"};
  part.bytes = text.substr(at);
  return part;
}

std::string boundary_of(std::string_view content_type) {
  const auto type = read_value(content_type);
  const auto* boundary = type.find("boundary");
  if (type.kind != "multipart/form-data" || boundary == nullptr)
    throw form_error{"the Content-Type is not `multipart/form-data; boundary=...`"};
  if (boundary->empty() || boundary->size() > longest_boundary)
    throw form_error{fmt::format("the boundary has {} characters; 1 to {} are allowed",
                                 boundary->size(), longest_boundary)};
  return *boundary;
}

/// A line with the boundary: where it begins, with the line end before it, and what is behind it.
struct boundary_line {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool is_last = false;
};

/// The first such line at or behind that place, if there is one.
std::optional<boundary_line> find_boundary(std::string_view body, std::size_t from,
                                           std::string_view mark) {
  for (auto at = body.find(mark, from); at != std::string_view::npos;
       at = body.find(mark, at + 1)) {
    const bool is_first_line = at == 0;
    if (!is_first_line && (at < from + line_end.size() || body.substr(at - 2, 2) != line_end))
      continue;
    boundary_line found{.begin = is_first_line ? 0 : at - line_end.size(), .end = at + mark.size()};
    found.is_last = body.substr(found.end).starts_with("--");
    if (found.is_last)
      found.end += 2;
    const auto rest = std::min(body.find_first_not_of(" \t", found.end), body.size());
    if (body.substr(rest).starts_with(line_end))
      found.end = rest + line_end.size();
    else if (found.is_last && rest == body.size())
      found.end = rest;
    else
      continue;
    return found;
  }
  return std::nullopt;
}

}  // namespace

std::vector<form_part> parse_form(std::string_view content_type, std::string_view body,
                                  std::size_t most_parts) {
  const auto mark = "--" + boundary_of(content_type);
  auto line = find_boundary(body, 0, mark);
  if (!line)
    throw form_error{"the body has no line with the boundary"};
  std::vector<form_part> parts;
  while (!line->is_last) {
    if (parts.size() == most_parts)
      throw form_error{fmt::format("the form has more than {} parts", most_parts)};
    const auto begin = line->end;
    // The end of the headers may be that of the line before, where a part has none.
    line = find_boundary(body, begin - line_end.size(), mark);
    if (!line)
      throw form_error{"the body is cut off: it has no line with the boundary and -- at its end"};
    parts.push_back(read_part(body.substr(begin, std::max(line->begin, begin) - begin)));
  }
  return parts;
}

}  // namespace millrace::net
