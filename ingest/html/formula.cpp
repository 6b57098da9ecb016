#include "ingest/html/formula.hpp"

#include "base/unicode/ascii.hpp"
#include "base/unicode/letters.hpp"
#include "base/unicode/utf8.hpp"
#include "ingest/html/elements.hpp"

#include <vector>

namespace millrace::ingest::html_tree {
namespace {

std::string_view math_name(const GumboElement& element) {
  return element.tag == GUMBO_TAG_UNKNOWN ? unknown_name(element)
                                          : std::string_view{gumbo_normalized_tagname(element.tag)};
}

std::string_view trimmed(std::string_view text) { return without_ends(text, " \t\r\n\f"); }

bool is_tex(std::string_view encoding) {
  return encoding.find("tex") != std::string_view::npos ||
         encoding.find("TeX") != std::string_view::npos ||
         encoding.find("latex") != std::string_view::npos;
}

/// The first TeX noted in a formula; empty without one.
std::string noted_tex(const GumboNode& node) {
  const auto& children = node.v.element.children;
  for (unsigned i = 0; i < children.length; ++i) {
    const auto& child = child_at(children, i);
    if (!is_element(child))
      continue;
    const auto& element = child.v.element;
    if (math_name(element) == "annotation" && is_tex(attribute(element, "encoding")))
      return plain_text(child, 100'000);
    if (auto found = noted_tex(child); !found.empty())
      return found;
  }
  return {};
}

std::size_t points(std::string_view text) { return utf8::count(text).points; }

bool begins_with_word(std::string_view text) {
  return !text.empty() && is_word_part(utf8::decode(text, 0).code);
}

bool ends_with_word(std::string_view text) {
  auto at = text.size();
  while (at > 0 && (static_cast<unsigned char>(text[--at]) & 0xC0) == 0x80) {
  }
  return !text.empty() && is_word_part(utf8::decode(text, at).code);
}

bool is_number(std::string_view text) {
  return text.find_first_not_of("0123456789.,") == std::string_view::npos;
}

/// Puts parts beside each other so that two numbers, or two words, stay two.
void append_part(std::string& to, std::string_view part) {
  const bool words = ends_with_word(to) && begins_with_word(part);
  const auto last = to.find_last_of(" (+-=");
  const auto before = std::string_view{to}.substr(last == std::string::npos ? 0 : last + 1);
  const bool apart = points(part) > 1 || (points(before) > 1 && !is_number(before)) ||
                     (is_number(part) && is_number(before));
  if (words && apart)
    to += ' ';
  to += part;
}

std::string grouped(std::string text) {
  const bool whole = points(text) <= 1 || is_number(text) ||
                     (text.front() == '(' && text.find(')') == text.size() - 1);
  for (std::size_t at = 0; !whole && at < text.size();) {
    const auto point = utf8::decode(text, at);
    if (!is_word_part(point.code) || point.code == ' ')
      return '(' + text + ')';
    at += point.size;
  }
  return text;
}

std::string linear(const GumboNode& node);

std::vector<std::string> parts_of(const GumboElement& element) {
  std::vector<std::string> parts;
  for (unsigned i = 0; i < element.children.length; ++i)
    if (const auto& child = child_at(element.children, i); is_element(child))
      parts.push_back(linear(child));
  return parts;
}

std::string row_of(const GumboElement& element) {
  std::string row;
  for (unsigned i = 0; i < element.children.length; ++i) {
    const auto& child = child_at(element.children, i);
    if (is_element(child))
      append_part(row, linear(child));
    else if (child.type == GUMBO_NODE_TEXT)
      append_part(row, trimmed(child.v.text.text));
  }
  return row;
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string out;
  for (const auto& part : parts) {
    if (!out.empty())
      out += between;
    out += part;
  }
  return out;
}

/// The text of a leaf without the marks that stand for an operation that is not written.
std::string token(const GumboNode& node) {
  const auto text = plain_text(node, 10'000);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = utf8::decode(text, at);
    if (point.code < 0x2061 || point.code > 0x2064)
      utf8::append(out, point.code);
    at += point.size;
  }
  return out;
}

std::string with_scripts(const std::vector<std::string>& parts, std::string_view signs) {
  if (parts.empty())
    return {};
  auto out = parts[0].find_first_of(" +-=") == std::string::npos ? parts[0] : grouped(parts[0]);
  for (std::size_t i = 1; i < parts.size() && i <= signs.size(); ++i)
    if (!parts[i].empty())
      out += signs[i - 1] + grouped(parts[i]);
  return out;
}

std::string linear(const GumboNode& node) {
  const auto& element = node.v.element;
  const auto name = math_name(element);
  if (name == "mi" || name == "mn" || name == "mo" || name == "mtext" || name == "ms")
    return token(node);
  if (name == "annotation" || name == "annotation-xml" || name == "mphantom")
    return {};
  if (name == "mspace")
    return " ";
  if (name == "msqrt")
    return "sqrt(" + row_of(element) + ')';
  if (name == "mfenced")
    return '(' + joined(parts_of(element), ", ") + ')';
  if (name == "mtable")
    return '[' + joined(parts_of(element), "; ") + ']';
  if (name == "mtr" || name == "mlabeledtr")
    return joined(parts_of(element), ", ");
  if (name == "msup" || name == "mover")
    return with_scripts(parts_of(element), "^");
  if (name == "msub" || name == "munder")
    return with_scripts(parts_of(element), "_");
  if (name == "msubsup" || name == "munderover")
    return with_scripts(parts_of(element), "_^");
  if (name == "mfrac" || name == "mroot") {
    const auto parts = parts_of(element);
    if (parts.size() != 2)
      return joined(parts, " ");
    return name == "mfrac" ? grouped(parts[0]) + '/' + grouped(parts[1])
                           : "root(" + parts[1] + ", " + parts[0] + ')';
  }
  return row_of(element);
}

}  // namespace

std::string formula_source(const GumboNode& math) {
  auto tex = noted_tex(math);
  if (tex.empty())
    tex = trimmed(attribute(math.v.element, "alttext"));
  return tex.empty() ? std::string{trimmed(row_of(math.v.element))} : tex;
}

std::string marked_tex(std::string_view text) {
  text = trimmed(text);
  for (const auto& [begin, end] : {std::pair<std::string_view, std::string_view>{"\\(", "\\)"},
                                   {"\\[", "\\]"},
                                   {"$$", "$$"},
                                   {"$", "$"}})
    if (text.size() > begin.size() + end.size() && text.starts_with(begin) && text.ends_with(end))
      return std::string{
          trimmed(text.substr(begin.size(), text.size() - begin.size() - end.size()))};
  return {};
}

bool is_tex_script(const GumboElement& script) {
  return script.tag == GUMBO_TAG_SCRIPT && attribute(script, "type").starts_with("math/tex");
}

std::string script_source(const GumboElement& script) {
  std::string source;
  for (unsigned i = 0; i < script.children.length; ++i)
    if (const auto& child = child_at(script.children, i); child.type == GUMBO_NODE_TEXT)
      source += child.v.text.text;
  return std::string{trimmed(source)};
}

}  // namespace millrace::ingest::html_tree
