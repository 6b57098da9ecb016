#include "ingest/formats/build.hpp"
#include "ingest/formats/office/docx_body.hpp"

namespace millrace::ingest::formats {
namespace {

bool is_on(node properties, std::string_view name) {
  const auto one = child(properties, name);
  const auto value = attribute(one, "val");
  return one && value != "0" && value != "false" && value != "off";
}

bool is_code_name(std::string_view name) {
  return name.find("code") != std::string_view::npos ||
         name.find("verbatim") != std::string_view::npos || name == "source text" ||
         name == "html typewriter";
}

}  // namespace

void docx_body::read_inline(node of, paragraph_parts& to) {
  for (const auto at : of.children()) {
    const auto name = local(at);
    if (name == "r")
      read_run(at, to);
    else if (name == "oMath")
      append(to.words, tree::span_kind::formula, tex_of(at));
    else if (name == "oMathPara")
      for (const auto one : at.children()) {
        if (is(one, "oMath"))
          append(to.words, tree::span_kind::formula, tex_of(one));
      }
    else if (name == "AlternateContent") {
      const auto choice = child(at, "Choice");
      read_inline(choice ? choice : child(at, "Fallback"), to);
    } else if (name != "del" && name != "moveFrom" && name != "pPr" && name != "sdtPr" &&
               name != "rPr")
      read_inline(at, to);
  }
}

void docx_body::read_run(node of, paragraph_parts& to) {
  const auto properties = child(of, "rPr");
  if (is_on(properties, "vanish"))
    return;
  auto kind = tree::span_kind::text;
  const auto align = attribute(child(properties, "vertAlign"), "val");
  if (align == "superscript")
    kind = tree::span_kind::superscript;
  else if (align == "subscript")
    kind = tree::span_kind::subscript;
  else if (const long moved = number_of(attribute(child(properties, "position"), "val"), 0);
           moved != 0)
    kind = moved > 0 ? tree::span_kind::superscript : tree::span_kind::subscript;
  else if (is_code_name(styles_.of(attribute(child(properties, "rStyle"), "val")).name))
    kind = tree::span_kind::code;
  for (const auto at : of.children()) {
    const auto name = local(at);
    if (name == "t")
      append(to.words, kind, at.text().get());
    else if (name == "tab" || name == "ptab")
      append(to.words, kind, "\t");
    else if (name == "cr" || name == "br") {
      if (attribute(at, "type") == "page")
        to.page_break = true;
      else
        to.words.push_back({tree::span_kind::line_break, {}});
    } else if (name == "noBreakHyphen")
      append(to.words, kind, "\u2011");
    else if (name == "footnoteReference" || name == "endnoteReference" ||
             name == "commentReference")
      refer(at,
            name == "footnoteReference"  ? "footnotes"
            : name == "endnoteReference" ? "endnotes"
                                         : "comments",
            to);
    else if (name == "drawing" || name == "pict" || name == "object")
      read_drawing(at, to);
    else if (name == "AlternateContent") {
      const auto choice = child(at, "Choice");
      for (const auto one : (choice ? choice : child(at, "Fallback")).children())
        read_drawing(one, to);
    }
  }
}

void docx_body::read_drawing(node of, paragraph_parts& to) {
  for (const auto at : of.children()) {
    const auto name = local(at);
    if (name == "txbxContent") {
      auto inner = read(at);
      std::move(inner.begin(), inner.end(), std::back_inserter(to.after));
    } else if (name == "docPr" || name == "shape") {
      std::string_view text = attribute(at, "descr");
      if (text.empty())
        text = attribute(at, "alt");
      if (!text.empty())
        append(to.words, tree::span_kind::image, text);
      read_drawing(at, to);
    } else if (name == "AlternateContent") {
      const auto choice = child(at, "Choice");
      read_drawing(choice ? choice : child(at, "Fallback"), to);
    } else {
      read_drawing(at, to);
    }
  }
}

void docx_body::refer(node at, const char* kind, paragraph_parts& to) {
  const std::string_view what = kind;
  const long number = ++labels_[kind];
  auto label = what == "endnotes"   ? roman(number)
               : what == "comments" ? "comment " + std::to_string(number)
                                    : std::to_string(number);
  if (what != "comments")
    to.words.push_back({tree::span_kind::superscript, label});
  references_.push_back({kind, std::string{attribute(at, "id")}, std::move(label)});
}

}  // namespace millrace::ingest::formats
