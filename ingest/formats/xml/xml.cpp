#include "ingest/formats/xml/xml.hpp"

#include <charconv>

namespace millrace::ingest::formats {
namespace {

/// Those after the element in the order of the document, with the depth kept.
node next_in_order(node at, node root, int& depth) {
  if (const auto inner = at.first_child()) {
    ++depth;
    return inner;
  }
  while (at && at != root) {
    if (const auto next = at.next_sibling())
      return next;
    at = at.parent();
    --depth;
  }
  return {};
}

}  // namespace

std::unique_ptr<pugi::xml_document> parse_xml(std::string_view text, const read_limits& limits) {
  auto parsed = std::make_unique<pugi::xml_document>();
  const auto result =
      parsed->load_buffer(text.data(), text.size(), pugi::parse_default | pugi::parse_ws_pcdata);
  if (!result)
    fail("FILE_DAMAGED", std::string{"a part of the file is not well-formed XML ("} +
                             result.description() + "): save it again");
  int depth = 0;
  for (node at = *parsed; at; at = next_in_order(at, *parsed, depth))
    if (depth > limits.max_depth)
      fail("FILE_TOO_DEEP", "the elements of the file are nested too deeply to be a document");
  return parsed;
}

std::string_view local(node element) {
  const std::string_view name = element.name();
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool is(node element, std::string_view name) { return local(element) == name; }

node child(node of, std::string_view name) {
  for (const auto inner : of.children())
    if (is(inner, name))
      return inner;
  return {};
}

node child(node of, std::string_view name, std::string_view below) {
  return child(child(of, name), below);
}

node descendant(node of, std::string_view name) {
  int depth = 0;
  for (node at = of; at; at = next_in_order(at, of, depth))
    if (at != of && is(at, name))
      return at;
  return {};
}

std::string_view attribute(node of, std::string_view name) {
  for (const auto& one : of.attributes()) {
    const std::string_view full = one.name();
    const auto colon = full.find(':');
    if ((colon == std::string_view::npos ? full : full.substr(colon + 1)) == name)
      return one.value();
  }
  return {};
}

long number_of(std::string_view digits, long otherwise) {
  long value = otherwise;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::string text_of(node of) {
  std::string out;
  int depth = 0;
  for (node at = of; at; at = next_in_order(at, of, depth))
    if (at.type() == pugi::node_pcdata || at.type() == pugi::node_cdata)
      out += at.value();
  return out;
}

}  // namespace millrace::ingest::formats
