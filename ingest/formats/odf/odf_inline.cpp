#include "ingest/formats/build.hpp"
#include "ingest/formats/odf/odf_file.hpp"

#include <algorithm>
#include <iterator>

namespace millrace::ingest::formats {

tree::span_kind odf_body::kind_of(std::string_view style, tree::span_kind outer) const {
  const auto* found = from_.styles().find(style, [](const odf_style& one) {
    return one.raised != 0 || one.name == "source text" || one.name == "teletype";
  });
  if (found == nullptr)
    return outer;
  return found->raised > 0   ? tree::span_kind::superscript
         : found->raised < 0 ? tree::span_kind::subscript
                             : tree::span_kind::code;
}

bool odf_body::read_character(node at, tree::span_kind kind, tree::spans& to) {
  const auto name = local(at);
  if (at.type() == pugi::node_pcdata || at.type() == pugi::node_cdata) {
    // White space between elements is one space; more is written as elements.
    std::string text;
    for (const char* c = at.value(); *c != '\0'; ++c)
      if (*c != ' ' && *c != '\t' && *c != '\n' && *c != '\r')
        text += *c;
      else if (text.empty() || text.back() != ' ')
        text += ' ';
    append(to, kind, text);
  } else if (name == "s") {
    const auto many = std::clamp<long>(number_of(attribute(at, "c"), 1), 1, 1'000);
    append(to, kind, std::string(static_cast<std::size_t>(many), ' '));
  } else if (name == "tab") {
    append(to, kind, "\t");
  } else if (name == "line-break") {
    to.push_back({tree::span_kind::line_break, {}});
  } else {
    return false;
  }
  return true;
}

void odf_body::read_inline(node of, tree::span_kind kind, tree::spans& to, tree::blocks& after) {
  for (const auto at : of.children()) {
    if (read_character(at, kind, to))
      continue;
    const auto name = local(at);
    if (name == "span")
      read_inline(at, kind_of(attribute(at, "style-name"), kind), to, after);
    else if (name == "note")
      read_note(at, to);
    else if (name == "annotation")
      read_comment(at);
    else if (name == "frame" || name == "custom-shape" || name == "rect" || name == "g")
      read_frame(at, to, after);
    else if (name == "ruby")
      read_inline(child(at, "ruby-base"), kind, to, after);
    else if (at.type() == pugi::node_element && name != "annotation-end")
      read_inline(at, kind, to, after);
  }
}

void odf_body::read_note(node at, tree::spans& to) {
  auto label = text_of(child(at, "note-citation"));
  to.push_back({tree::span_kind::superscript, label});
  auto content = read(child(at, "note-body"));
  notes_.push_back({tree::footnote{std::move(label), std::move(content)}});
}

void odf_body::read_comment(node at) {
  auto content = read(at);
  if (const auto author = text_of(child(at, "creator")); !author.empty())
    content.insert(content.begin(), {tree::paragraph{{{tree::span_kind::text, author + ":"}}}});
  notes_.push_back({tree::footnote{"comment " + std::to_string(++comments_), std::move(content)}});
}

void odf_body::read_frame(node of, tree::spans& to, tree::blocks& after) {
  auto words = text_of(child(of, "desc"));
  if (words.empty())
    words = text_of(child(of, "title"));
  if (!words.empty())
    append(to, tree::span_kind::image, words);
  for (const auto at : of.children()) {
    const auto name = local(at);
    if (name == "text-box" || name == "frame" || name == "custom-shape" || name == "rect" ||
        name == "g")
      read_frame(at, to, after);
    else if (name == "object") {
      if (const auto source = from_.formula(attribute(at, "href")); !source.empty())
        append(to, tree::span_kind::formula, source);
      else if (const auto inner = child(at, "math"))
        append(to, tree::span_kind::formula, text_of(inner));
    } else if (name != "image")
      read_block(at, after);
  }
}

}  // namespace millrace::ingest::formats
